"""Errors about judgements of two images."""

from __future__ import annotations

from irdb_sql.errors import quoted
from irdb_sql.scorers.errors import ScoreError


class UnusableJudgementError(ScoreError):
    """A judgement has a fault, and the option `missing` is not 'drop'."""

    def __init__(  # noqa: PLR0913 - columns of the query judgement_faults
        self,
        fault: str,
        judge: str,
        *,
        first_image: str | None,
        second_image: str | None,
        prompt_id: str | None,
        verdict: str | None,
        source: str,
        source_row: int,
        all_faults: int,
        **_more: object,
    ) -> None:
        self.fault = fault
        problem = {
            "unknown": "names an image that this source does not have, or several of the same name",
            "same": "compares an image with itself",
            "apart": "compares images of different prompts"
            if prompt_id is None
            else f"compares images that are not both of the prompt {quoted(prompt_id)}",
            "ambiguous": "is on images that are together in several prompts, and says not in which",
            "unclear": "has no verdict"
            if verdict is None
            else f"has the verdict {quoted(verdict)}, which names neither image, nor a tie",
            "conflicting": "contradicts another one of the same images in the same order",
            "repeated": "is given again",
        }[fault]
        total = f"; {all_faults:,} judgements in all cannot be used" if all_faults > 1 else ""
        super().__init__(
            f"the judgement of {quoted(judge)} on {quoted(first_image)} and {quoted(second_image)} "
            f"(row {source_row:,} of {quoted(source)}) {problem}{total}",
            f"{_JUDGEMENT_CORRECTIONS.get(fault, 'correct it')}, or pass missing='drop' (--missing drop) to leave such "
            "judgements out and count them.",
        )


_JUDGEMENT_CORRECTIONS = {
    "unknown": "check that the judgements are of this data and split",
    "ambiguous": "add the column prompt_id",
    "unclear": "write first, second or tie (A, B or C are read, too; a number is not, as 1 is the first image in some "
    "files and the second in others)",
    "conflicting": "give each order and each pair one verdict, or each run of the judge a name of its own",
}

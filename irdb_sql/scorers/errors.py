"""Failures of scores: of the files that hold them, and of what they can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.errors import IrdbError, NotFoundError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable


class ScoresNotFoundError(NotFoundError):
    """There is no such file of scores."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"no file of scores is called {quoted(path)}",
            "name a .parquet, .csv, .json or .ndjson file, or write baselines for the scorers that need no model.",
        )


class ScoreError(IrdbError, ValueError):
    """Scores are not what they should be, or do not tell what they are asked."""


class ScoreFileError(ScoreError):
    """A file of scores cannot be read as what its name says it is."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(
            f"the scores in {quoted(source)} cannot be read: {reason}",
            "write them as .parquet, .csv, .json (a list of objects) or .ndjson (an object a line).",
        )


class ScoreTypeError(ScoreError, TypeError):
    """What was passed as scores is no table and no file."""

    def __init__(self, value: object) -> None:
        super().__init__(
            f"scores are a {type(value).__name__}, which is no table and no file",
            "pass a file, a Polars, pandas or Arrow table, a list of them, or a mapping of names to them.",
        )


class ScoreColumnError(ScoreError):
    """A table of scores lacks a column, or holds one whose meaning is not clear."""

    def __init__(self, source: str, problem: str, columns: Iterable[str], wanted: str) -> None:
        listed = ", ".join(map(quoted, columns)) or "none"
        super().__init__(f"{quoted(source)} {problem}; its columns are {listed}", wanted)


class ScoreValueError(ScoreError):
    """A score is no number."""

    def __init__(self, source: str, column: str, row: int, value: object) -> None:
        super().__init__(
            f"row {row:,} of {quoted(source)} holds {quoted(value)} in the column {quoted(column)}, which is no score",
            "a score is a number that a 64-bit float can hold, if whole exactly; leave it empty where there is none.",
        )


class RewardsError(ScoreError):
    """An object of a file of rewards does not fit the prompts that were scored."""

    def __init__(self, source: str, number: int, prompt_id: object, problem: str) -> None:
        super().__init__(
            f"object {number:,} (id {quoted(prompt_id)}) of {quoted(source)} {problem}",
            "the file is a list of {id, prompt, rewards}, and rewards stand in the order of the generations of that id "
            "in the ranking file.",
        )


class NoRankingFileError(ScoreError):
    """Rewards come in the order of a ranking file, and it is not known which."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"the rewards in {quoted(source)} name no images: they stand in the order of a ranking file",
            "name that file, as in ranking_file='test.json' in Python or --ranking-file test.json on the command line.",
        )


class UnusableScoreError(ScoreError):
    """A given score has a fault, and faults are errors unless told otherwise."""

    def __init__(self, fault: str, scorer: str, image: str | None, place: str, count: int) -> None:
        self.fault = fault
        others = f"; {count:,} scores in all cannot be used" if count > 1 else ""
        named = "names no image" if image is None else _FAULTS[fault]
        of_image = "" if image is None else f" for image {quoted(image)}"
        first = "check that the scores are of this data and split" if fault == "unknown" else "correct it"
        super().__init__(
            f"the score of {quoted(scorer)}{of_image} ({place}) {named}{others}",
            f"{first}, or pass missing='drop' (--missing drop) to leave such scores out and have them counted.",
        )


_FAULTS = {
    "unknown": "is of no image of this source, or of several that share the name",
    "null": "is empty",
    "nan": "is not a number (NaN)",
    "infinite": "is infinite",
    "conflicting": "differs from another one for the same image",
    "repeated": "is given again",
}


class MissingScoreError(ScoreError):
    """An image has no score, and that is an error unless told otherwise."""

    def __init__(self, scorer: str, image: str, split: str, missing: int, images: int) -> None:
        super().__init__(
            f"scorer {quoted(scorer)} has no score for image {quoted(image)} of {split}, "
            f"as for {missing:,} of the {images:,} images of {split}",
            "choose what was scored with split= and subset= (--split, --subset), or pass missing='drop' "
            "(--missing drop) to leave images without a score out and have them counted.",
        )


class NoScorersError(ScoreError):
    """There is nothing to judge."""

    def __init__(self, sources: Iterable[str]) -> None:
        super().__init__(
            f"there are no scores in {', '.join(map(quoted, sources)) or 'an empty list'}",
            "a table of scores needs at least one row.",
        )


class SameSplitError(ScoreError):
    """Ties would be tuned on the split that is reported."""

    def __init__(self, split: str) -> None:
        super().__init__(
            f"ties cannot be tuned on {quoted(split)} and reported on it, too: the figure would be too good",
            "report another split, or allow it with allow_same_split=True (--allow-same-split).",
        )


class NoTiesError(ScoreError):
    """A split has nothing to tune ties on."""

    def __init__(self, split: str, scorer: str) -> None:
        super().__init__(
            f"split {quoted(split)} has no pair that {quoted(scorer)} scored, so its ties cannot be tuned there",
            "tune on a split that every scorer has scored.",
        )


class GeneratorScoreError(ScoreError):
    """A row of a generator's scores is incomplete, or its score is no finite number."""

    def __init__(self, source: str, unit: str, number: int, row: dict[str, object]) -> None:
        listed = ", ".join(f"{name} {quoted(value)}" for name, value in row.items())
        super().__init__(
            f"{unit} {number:,} of {quoted(source)} is no score of a generator's image: {listed}",
            "each row needs a generator, a prompt_id and a finite score; leave the others out before.",
        )


class HumanRankingError(ScoreError):
    """A human ranking of generators does not fit the scores."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"the human ranking {problem}",
            "pass names of generators from best to worst, or each once with its rank, where 1 is best.",
        )


class RepeatedGeneratorError(ScoreError):
    """Two tables would be of the same generator."""

    def __init__(self, generator: str, source: str, other: str) -> None:
        super().__init__(
            f"{quoted(source)} and {quoted(other)} are both of the generator {quoted(generator)}",
            "name them, as in {name: file} in Python or NAME=FILE on the command line, or pass each once.",
        )


class FewGeneratorsError(ScoreError):
    """There is nothing to compare."""

    def __init__(self, generators: Iterable[str]) -> None:
        listed = ", ".join(map(quoted, generators)) or "none"
        super().__init__(
            f"strengths compare at least two generators, and the scores are of {listed}",
            "add the scores of another generator for the same prompts.",
        )


class UnidentifiedError(ScoreError):
    """The wins do not tell how strong the generators are."""

    def __init__(self, strong: Iterable[str], weak: Iterable[str], *, met: bool) -> None:
        strong, weak = ", ".join(map(quoted, strong)), ", ".join(map(quoted, weak))
        super().__init__(
            f"no prompt was won or tied by {weak} against {strong}, so that no finite strengths fit"
            if met
            else f"{strong} and {weak} share no prompt, not even by way of others: nothing compares their strengths",
            "strengths need generators that made images for the same prompts, and that no group of them always beats "
            "the rest; single images, which meet only those of their own prompt, have none.",
        )

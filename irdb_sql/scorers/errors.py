"""Errors about scores: their files and tables, evaluations and generators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.regular_files import describe_absent
from irdb_sql.errors import LONGEST_VALUE, MANY_NAMES, IrdbError, NotFoundError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class ScoresNotFoundError(NotFoundError):
    """There is no such file of scores."""

    def __init__(self, path: object) -> None:
        super().__init__(
            describe_absent(path, "file"),
            "use a .parquet, .csv, .tsv, .json or .ndjson file; where scores are evaluated, baselines stands for "
            "scorers that need no model.",
        )


class ScoreError(IrdbError, ValueError):
    """Scores cannot be read, or do not allow what was requested."""


class ScoreFileError(ScoreError):
    """A file of scores cannot be read in its suffix's format."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(
            f"the table in {quoted(source)} cannot be read: {reason}",
            "correct the file, or write .parquet, .csv, .tsv, .json (a list of objects) or .ndjson (one per line).",
        )


class ScoreTypeError(ScoreError, TypeError):
    """Scores are neither a file nor a table."""

    def __init__(self, value: object, hint: str | None = None) -> None:
        super().__init__(
            f"scores of the type {type(value).__name__} are neither a file nor a table",
            hint
            or "pass a file, a Polars, pandas or Arrow table, {path: score}, a list of them, or a mapping of names "
            "to them.",
        )


class ScoreColumnError(ScoreError):
    """A table of scores lacks a column, or has an ambiguous one."""

    def __init__(self, source: str, problem: str, columns: Iterable[str], hint: str) -> None:
        listed = ", ".join(map(quoted, columns)) or "none"
        super().__init__(f"{quoted(source)} {problem}; its columns are {listed}", hint)


class ScoreValueError(ScoreError):
    """A score is not a number."""

    def __init__(self, source: str, column: str, row: int, value: object) -> None:
        self.row, self.value = row, value
        super().__init__(
            f"row {row:,} of {quoted(source)} holds {quoted(value)} in the column {quoted(column)}, which is no score",
            "a score is a number that a 64-bit float can hold, whole numbers exactly; leave out a column that holds no "
            "scores, and leave missing scores empty.",
        )


class RewardsError(ScoreError):
    """An object in a file of rewards does not fit its prompt."""

    def __init__(self, source: str, number: int, prompt_id: object, problem: str) -> None:
        super().__init__(
            f"object {number:,} (id {quoted(prompt_id)}) of {quoted(source)} {problem}",
            "the file is a list of {id, prompt, rewards}, with rewards in the order of the generations of that id "
            "in the ranking file.",
        )


class NoRankingFileError(ScoreError):
    """Rewards need a ranking file, and none was given."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"the rewards in {quoted(source)} name no images: they need a ranking file in the same order",
            "pass that file, as in ranking_file='test.json' in Python or --ranking-file test.json on the command line.",
        )


class UnusableScoreError(ScoreError):
    """A score has a fault, and the option `missing` is not 'drop'."""

    def __init__(self, fault: str, scorer: str, image: str | None, place: str, count: int) -> None:
        self.fault = fault
        total = f"; {count:,} scores in all cannot be used" if count > 1 else ""
        problem = "names no image" if image is None else _FAULTS[fault]
        of_image = "" if image is None else f" for image {quoted(image)}"
        correction = _CORRECTIONS.get(fault, "correct it")
        super().__init__(
            f"the score of {quoted(scorer)}{of_image} ({place}) {problem}{total}",
            f"{correction}, or pass missing='drop' (--missing drop) to leave such scores out and count them.",
        )


_NAMING = "name the scorer of each file, as first=FILE second=FILE on the command line or {'first': …, 'second': …}"
_CORRECTIONS = {
    "unknown": "check that the scores are of this data and split",
    "conflicting": f"correct it, or {_NAMING}",
    "repeated": f"leave it out, or {_NAMING}",
}
_FAULTS = {
    "unknown": "is of no image of this source, or of several with the same name",
    "null": "is empty",
    "nan": "is not a number (NaN)",
    "infinite": "is infinite",
    "conflicting": "differs from another one for the same image",
    "repeated": "is given again",
}


class ScorerFailedError(ScoreError, RuntimeError):
    """A function that scores images raised an exception, which is the cause of this error."""

    def __init__(self, scorer: str, image: str, images: int, error: Exception) -> None:
        super().__init__(
            f"the scorer {quoted(scorer)} failed on {images:,} images from {quoted(image)} on: "
            f"{type(error).__name__}: {str(error)[:LONGEST_VALUE]}",
            "correct the function; where a file keeps its scores (score_file=, or -o of `irdb score`), the same call "
            "goes on after those that it has.",
        )


class ScorerResultError(ScoreError):
    """A function that scores images returned something else than a finite number for each."""

    def __init__(self, scorer: str, result: str) -> None:
        super().__init__(
            f"the scorer {quoted(scorer)} returned {result}",
            "return one finite number for each image, as a list, an array or a tensor of that length.",
        )


class OtherScorerError(ScoreError):
    """A file that would keep the scores of a function has those of another scorer."""

    def __init__(self, path: Path, other: str, scorer: str) -> None:
        super().__init__(
            f"{quoted(path)} has scores of {quoted(other)}, not of {quoted(scorer)}",
            "choose another file, or the same name: name= in Python, --name on the command line.",
        )


class MissingScoreError(ScoreError):
    """An image has no score, and the option `missing` is not 'drop'."""

    def __init__(self, scorer: str, image: str, split: str, missing: int, images: int) -> None:
        super().__init__(
            f"scorer {quoted(scorer)} has no score for image {quoted(image)} of {split}, "
            f"as for {missing:,} of the {images:,} images of {split}",
            "select the scored images with split= and subset= (--split, --subset), or pass missing='drop' "
            "(--missing drop) to leave out and count images without a score.",
        )


class NoScorersError(ScoreError):
    """A table of scores, or of what else is judged, has no row."""

    def __init__(self, sources: Iterable[str]) -> None:
        super().__init__(
            f"there are no rows in {', '.join(map(quoted, sources)) or 'an empty list'}",
            "pass a table with at least one row.",
        )


class NoGeneratorVotesError(ScoreError):
    """Generators are to be compared without scores, and people voted on no two of them."""

    def __init__(self, pairs: int) -> None:
        has = f"none of its {pairs:,} pairs with votes compares two" if pairs else "it has no votes"
        super().__init__(
            f"generators cannot be compared by the votes of the data: {has}",
            "pass scores of their images, or open data with votes and generators, such as Pick-a-Pic or HPDv3.",
        )


class SameSplitError(ScoreError):
    """Ties would be tuned on an evaluated split."""

    def __init__(self, split: str) -> None:
        super().__init__(
            f"ties cannot be tuned and evaluated on the same split, {quoted(split)}: acc_eq would be too high",
            "evaluate another split, or allow it with allow_same_split=True (--allow-same-split).",
        )


class NoTiesError(ScoreError):
    """A split has no scored pair to tune ties on."""

    def __init__(self, split: str, scorer: str) -> None:
        super().__init__(
            f"split {quoted(split)} has no pair that {quoted(scorer)} scored, so its ties cannot be tuned there",
            "tune on a split that every scorer has scored.",
        )


class GeneratorScoreError(ScoreError):
    """A row of a generator's scores is incomplete or not finite."""

    def __init__(self, source: str, unit: str, number: int, row: dict[str, object]) -> None:
        listed = ", ".join(f"{name} {quoted(value)}" for name, value in row.items())
        super().__init__(
            f"{unit} {number:,} of {quoted(source)} is no score of a generator's image: {listed}",
            "each row needs a generator, a prompt_id and a finite score; remove rows that lack one.",
        )


class HumanRankingError(ScoreError):
    """A human ranking of generators does not fit the scores."""

    def __init__(self, problem: str, reason: str = "") -> None:
        super().__init__(
            f"human_ranking {problem}",
            f"{reason}pass each generator once: ['a', 'b'] from best to worst, or {{'a': 1, 'b': 2}} with ranks, where "
            "1 is best.",
        )


class RepeatedGeneratorError(ScoreError):
    """Two tables are of the same generator."""

    def __init__(self, generator: str, source: str, other_source: str) -> None:
        super().__init__(
            f"{quoted(source)} and {quoted(other_source)} are both of the generator {quoted(generator)}",
            "give each a name, as in {name: file} in Python or NAME=FILE on the command line, or pass each once.",
        )


class FewGeneratorsError(ScoreError):
    """There are fewer than two generators."""

    def __init__(self, generators: Iterable[str]) -> None:
        listed = ", ".join(map(quoted, generators)) or "none"
        super().__init__(
            f"strengths need scores of at least two generators, but the generators with scores are: {listed}",
            "pass scores of two or more generators, each for the same prompts.",
        )


class UnidentifiedError(ScoreError):
    """The wins do not identify the strengths of the generators, or the effects of ties or covariates on these."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(f"strengths cannot be computed{problem}", hint)


class CovariateError(ScoreError):
    """Covariates of generators cannot be used."""

    def __init__(self, source: str, problem: str, hint: str | None = None) -> None:
        super().__init__(
            f"the covariates in {quoted(source)} {problem}",
            hint
            or "give each generator one row for each prompt on which it is compared, with a number per covariate, 0 or "
            "of a size from 1e-100 to 1e100; write true and false as 1 and 0.",
        )


def first_names(names: Iterable[str]) -> str:
    """Describe a list by its first few names, and the number of the others."""
    names = list(names)
    others = f" and {len(names) - MANY_NAMES:,} others" if len(names) > MANY_NAMES else ""
    return f"{', '.join(map(quoted, names[:MANY_NAMES]))}{others}"


class UncomparedPairsWarning(UserWarning):
    """Pairs with votes say nothing about two generators."""

    def __init__(self, pairs: int, same: int, unknown: int) -> None:
        parts = [f"{same:,} of a generator with itself"] if same else []
        parts += [f"{unknown:,} of an image whose generator is not published"] if unknown else []
        super().__init__(f"left out of {pairs:,} pairs with votes: {' and '.join(parts)}")


class RanklessMetricsWarning(UserWarning):
    """Metrics have no value, as they need ranks and the data has votes on pairs."""

    def __init__(self, split: str, metrics: Sequence[str]) -> None:
        parts = (name.partition("@") for name in metrics)
        names = dict.fromkeys(f"{name}@k" if mark else name for name, mark, _ in parts)
        super().__init__(
            f"people voted on pairs of {split} and ranked no images, so what needs ranks is NULL: {', '.join(names)}"
        )

"""What scorers can be judged on, and how: the options of the facade's methods about scores, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypedDict

from irdb_sql.core.late import late
from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.errors import ChoiceError, RangeError, UnknownSplitError, UnknownSubsetError

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.schema import Split, Subset
    from irdb_sql.scorers.tables import ArrowTable
    from irdb_sql.sources.local import PathLike
else:
    pl = late("polars")

Missing = Literal["error", "drop"]
By: TypeAlias = "str | Sequence[str] | pl.DataFrame | pl.LazyFrame | ArrowTable"
MISSING = ("error", "drop")
RESAMPLES = 1000
SEED = 0
CONFIDENCE = 0.95
GROUPINGS = ("classification", "part", "images", "rank_gap")
"""What prompts and pairs may be grouped by without a table of one's own."""


class ScoreOptions(TypedDict, total=False):
    """How to take scores."""

    missing: Missing
    ranking_file: PathLike | None


class CoverageOptions(TypedDict, total=False):
    """Which images to look for scores of."""

    split: Split | None
    subset: Subset | None
    ranking_file: PathLike | None


class ResamplingOptions(TypedDict, total=False):
    """How to make intervals."""

    resamples: int
    seed: int
    confidence: float


class EvaluationOptions(ScoreOptions, ResamplingOptions, total=False):
    """What to judge scorers on, and how."""

    split: Split | None
    subset: Subset | None
    by: By
    tune_ties_on: Split | None
    allow_same_split: bool


class Resampling(NamedTuple):
    """How intervals are made.

    Attributes:
        resamples: How many times prompts are drawn.
        seed: Same seed, same intervals.
        confidence: Share of resamples between the bounds.
    """

    resamples: int
    seed: int
    confidence: float


def checked(options: EvaluationOptions) -> EvaluationOptions:
    """Check options, fill in that a fault is an error unless told otherwise, and read the table that `by` may be.

    Raises:
        UnknownSplitError, UnknownSubsetError: There is no such split or subset.
        ChoiceError: A word is none of those that an option takes.
    """
    filled: EvaluationOptions = {"missing": "error", **options}
    for name in ("split", "tune_ties_on"):
        if filled.get(name) not in (None, *SPLITS):
            raise UnknownSplitError(filled.get(name))
    if filled.get("subset") not in (None, *SUBSETS):
        raise UnknownSubsetError(filled["subset"])
    if filled["missing"] not in MISSING:
        raise ChoiceError("missing", filled["missing"], MISSING)
    by: Any = filled.get("by")
    if isinstance(by, pl.LazyFrame):
        filled["by"] = by.collect()
    elif not isinstance(by, pl.DataFrame) and hasattr(by, "__arrow_c_stream__"):
        filled["by"] = pl.DataFrame(by)
    groupings(filled)
    return filled


def groupings(options: EvaluationOptions) -> list[str]:
    """List the words that `by` consists of; a frame has none.

    Raises:
        ChoiceError: A word is none of those.
    """
    by: Any = options.get("by", ())
    if isinstance(by, pl.DataFrame):
        return []
    names = [by] if isinstance(by, str) or not isinstance(by, Sequence) else by
    for name in names:
        if not isinstance(name, str) or name not in GROUPINGS:
            raise ChoiceError("by", name, GROUPINGS)
    return list(dict.fromkeys(names))


def resampling(options: ResamplingOptions | EvaluationOptions) -> Resampling:
    """Check how intervals are to be made: 1,000 resamples, the seed 0 and a confidence of 0.95 unless told otherwise.

    Raises:
        RangeError: A number is outside of what its option takes.
    """
    resamples, seed, confidence = (
        options.get("resamples", RESAMPLES),
        options.get("seed", SEED),
        options.get("confidence", CONFIDENCE),
    )
    if type(resamples) is not int or not 1 <= resamples <= _MOST_RESAMPLES:
        raise RangeError("resamples", resamples, f"a whole number from 1 to {_MOST_RESAMPLES:,}")
    if type(seed) is not int or not 0 <= seed < _SEEDS:
        raise RangeError("seed", seed, f"a whole number from 0 to {_SEEDS - 1:,}")
    if type(confidence) not in (int, float) or not 0 < confidence < 1:
        raise RangeError("confidence", confidence, "a share between 0 and 1, such as 0.95")
    return Resampling(resamples, seed, confidence)


_MOST_RESAMPLES = 100_000
_SEEDS = 2**32


def score_files(scores: object) -> dict[str, Path]:
    """Name the files among scores: by the name that they are given, or their own, so that a report can tell of them."""
    if isinstance(scores, Mapping):
        named = scores
    elif isinstance(scores, list | tuple):
        return {name: path for one in scores for name, path in score_files(one).items()}
    else:
        named = {"": scores}
    paths = {name: Path(path) for name, path in named.items() if isinstance(path, str | Path) and Path(path).is_file()}
    return {f"{name}={path.name}" if name else path.name: path for name, path in paths.items()}

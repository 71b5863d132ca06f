"""Options of the facade's methods about scores: their types, checks and defaults."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypedDict, TypeGuard, get_args

from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice, check_flags, check_path, check_type, wrong_value
from irdb_sql.core.regular_files import is_file
from irdb_sql.core.splits import check_subset, join_splits
from irdb_sql.errors import ArgumentTypeError

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.schema import Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.engine import foreign_tables
    from irdb_sql.scorers.tables import ArrowTable, ScoreSource
    from irdb_sql.sources.local import PathLike
else:
    foreign_tables = late("irdb_sql.engine.foreign_tables")
    pl = late("polars")

Missing = Literal["error", "drop"]
By: TypeAlias = "str | Sequence[str] | pl.DataFrame | pl.LazyFrame | ArrowTable"
ImageFormat = Literal["pil", "numpy", "bytes"]
IMAGE_FORMATS: tuple[ImageFormat, ...] = get_args(ImageFormat)
BATCH_SIZE = 32
MISSING = ("error", "drop")
Ties = Literal["half", "davidson"]
TIES: tuple[Ties, ...] = get_args(Ties)
"""What a tie is: half a win for both, or an outcome of its own with a parameter (Davidson 1970)."""
BASELINES = "baselines"
"""The word that names the scorers that need no model."""

RESAMPLES = 1000
SEED = 0
CONFIDENCE = 0.95
GROUPINGS = ("classification", "part", "images", "rank_gap")
"""Words that the option `by` takes, for groups of prompts and pairs."""


class ScoreOptions(TypedDict, total=False):
    """Options for reading scores."""

    missing: Missing
    ranking_file: PathLike | None


class CoverageOptions(TypedDict, total=False):
    """Options for the coverage of images by scores."""

    split: Splits | None
    subset: Subset | None
    ranking_file: PathLike | None


class ConfoundOptions(ScoreOptions, CoverageOptions, total=False):
    """Options for correlations of scores with what images and prompts measure."""


class CallOptions(TypedDict, total=False):
    """Options for a function that scores images."""

    image_format: ImageFormat
    batch_size: int
    on_error: Literal["raise", "skip"]
    score_file: PathLike | None
    progress: Callable[[int, int], None] | None


class ResamplingOptions(TypedDict, total=False):
    """Options for intervals and tests."""

    resamples: int
    seed: int
    confidence: float


class StrengthOptions(ResamplingOptions, total=False):
    """Options for strengths of generators."""

    ties: Ties
    covariates: ScoreSource | None


class EvaluationOptions(ScoreOptions, ResamplingOptions, CallOptions, total=False):
    """Options for the evaluation of scorers."""

    split: Splits | None
    subset: Subset | None
    metric: str | Sequence[str] | None
    by: By
    tune_ties_on: Splits | None
    allow_same_split: bool
    protocol: str | None


class Resampling(NamedTuple):
    """Settings of intervals and tests.

    Attributes:
        resamples: How often prompts are drawn, or exchanged between two competitors.
        seed: Same seed, same draws.
        confidence: Share of intervals that shall hold the truth.
    """

    resamples: int
    seed: int
    confidence: float

    @property
    def fewest(self) -> int:
        """How many resamples bounds need that are their quantiles, so that one at least is beyond each.

        Example:
            >>> Resampling(1000, 0, 0.95).fewest
            40
        """
        return math.ceil(round(2 / (1 - self.confidence), 6))


def complete_options(options: EvaluationOptions) -> EvaluationOptions:
    """Check options, default `missing`, and collect a table in `by`.

    Raises:
        UnknownSplitError, UnknownSubsetError: There is no such split or subset.
        ChoiceError: An option does not take this word.
    """
    complete: EvaluationOptions = {"missing": "error", **options}
    complete["split"] = join_splits(complete.get("split"))
    complete["tune_ties_on"] = join_splits(complete.get("tune_ties_on"))
    check_subset(complete.get("subset"))
    check_choice("missing", complete["missing"], MISSING)
    check_flags(allow_same_split=complete.get("allow_same_split", False))
    if (ranking_file := complete.get("ranking_file")) is not None:
        check_path("ranking_file", ranking_file)
    by: Any = complete.get("by")
    if isinstance(by, pl.LazyFrame) or hasattr(by, "__arrow_c_stream__"):
        try:
            complete["by"] = foreign_tables.read_frame(by)
        except foreign_tables.UnreadableTableError as error:
            raise ArgumentTypeError("by", by, f"a table that can be read; of this one, {error}") from error.__cause__
    groupings, metrics = parse_groupings(complete), parse_metrics(complete)
    protocol = complete.get("protocol")
    if protocol is not None:
        check_type("protocol", protocol, str, "the name of a protocol, or all")
        if groupings or metrics or isinstance(complete.get("by"), pl.DataFrame):
            raise wrong_value("protocol", protocol, "either a protocol, or metric and by", str)
    return complete


def parse_metrics(options: EvaluationOptions) -> list[str] | None:
    """Return the names of metrics in `metric`, each once; None for all.

    Raises:
        ArgumentTypeError: It is neither a name nor a list of names.
        RangeError: It is a list of none.
    """
    metric = options.get("metric")
    if metric is None:
        return None
    check_type("metric", metric, (str, Sequence), "the name of a metric, or a list of names")
    names = [metric] if isinstance(metric, str) else list(metric)
    if not names:
        raise wrong_value("metric", metric, "the name of a metric, or a list of at least one", list, tuple)
    for name in names:
        check_type("metric", name, str, "the name of a metric, or a list of names")
    return list(dict.fromkeys(names))


def parse_groupings(options: EvaluationOptions) -> list[str]:
    """Return the words in `by`; a frame has none.

    Raises:
        ChoiceError, ArgumentTypeError: A value is not in `GROUPINGS`.
    """
    by: Any = options.get("by", ())
    if isinstance(by, pl.DataFrame):
        return []
    names = [by] if isinstance(by, str) or not isinstance(by, Sequence) else by
    for name in names:
        check_choice("by", name, GROUPINGS)
    return list(dict.fromkeys(names))


def make_resampling(options: ResamplingOptions | EvaluationOptions) -> Resampling:
    """Check the options of intervals, and fill in their defaults.

    Raises:
        RangeError: A number is outside the range of its option.
    """
    resamples, seed, confidence = (
        options.get("resamples", RESAMPLES),
        options.get("seed", SEED),
        options.get("confidence", CONFIDENCE),
    )
    if type(resamples) is not int or not 1 <= resamples <= _MOST_RESAMPLES:
        raise wrong_value("resamples", resamples, f"a whole number from 1 to {_MOST_RESAMPLES:,}", int)
    if type(seed) is not int or not 0 <= seed < _SEEDS:
        raise wrong_value("seed", seed, f"a whole number from 0 to {_SEEDS - 1:,}", int)
    if type(confidence) not in (int, float) or not 0 < confidence < 1:
        raise wrong_value("confidence", confidence, "a share between 0 and 1, such as 0.95", int, float)
    return Resampling(resamples, seed, confidence)


_MOST_RESAMPLES = 100_000
_SEEDS = 2**32


def named_sources(scores: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Yield the name, or "", and the source of each of the scores that a call takes."""
    if isinstance(scores, Mapping):
        for each, source in scores.items():
            yield from named_sources(source, str(each))
    elif isinstance(scores, list | tuple):
        for source in scores:
            yield from named_sources(source, name)
    else:
        yield name, scores


def is_score_file(source: object) -> TypeGuard[str | Path]:
    """Whether a source of scores is the path of a file."""
    return isinstance(source, str | Path) and is_file(source)


def score_files(scores: object) -> dict[str, Path]:
    """Return the files among scores by their names, for reports."""
    files = [(name, Path(source)) for name, source in named_sources(scores) if is_score_file(source)]
    return {f"{name}={path.name}" if name else path.name: path for name, path in files}

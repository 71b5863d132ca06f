"""The options of reports: formats, and the part of the data that one is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypedDict, get_args

from irdb_sql.scorers.options import RESAMPLES, SEED

if TYPE_CHECKING:
    from irdb_sql.core.schema import Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.sources.local import PathLike

ReportFormat = Literal["markdown", "html", "json"]
REPORT_FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
SUFFIXES: dict[str, ReportFormat] = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json"}
"""The format that a file's suffix means."""


class ReportOptions(TypedDict, total=False):
    """How to write a report."""

    template: PathLike | None
    split: Splits | None
    subset: Subset | None
    resamples: int
    seed: int
    images: bool
    blur: bool


class Scope(NamedTuple):
    """The part of the data that a report is about, and how scorers are tested.

    Attributes:
        split: The split, or several with commas; None takes all.
        subset: The published subset; None takes every image.
        resamples: How often prompts are exchanged to test two scorers.
        seed: Same seed, same intervals.
    """

    split: str | None = None
    subset: str | None = None
    resamples: int = RESAMPLES
    seed: int = SEED

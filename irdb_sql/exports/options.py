"""Checks the options of an export."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypedDict

from irdb_sql.core.options import check_choice, check_type, wrong_value
from irdb_sql.core.splits import join_splits
from irdb_sql.exports.errors import EmptyExportError, NoVotesError, UnusedOptionError
from irdb_sql.exports.formats import EXPORT_FORMATS, SHARD_BYTES, WEIGHTS

if TYPE_CHECKING:
    from irdb_sql.core.schema import Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.exports.formats import Weights

Sample = float | tuple[float, float]
_MOST = 2**31 - 1
_NUMBERS = (("min_rank_gap", 1, _MOST), ("per_prompt", 1, _MOST), ("shard_bytes", 1, 2**53), ("seed", 0, _MOST))


class ExportOptions(TypedDict, total=False):
    """Which prompts and pairs to export, and how."""

    split: Splits | None
    subset: Subset | None
    images: bool
    sample: Sample
    seed: int
    stratified: bool
    min_rank_gap: int
    keep_ties: bool
    per_prompt: int | None
    weights: Weights | None
    shard_bytes: int
    allow_empty: bool


@dataclass(frozen=True)
class ExportChoice:
    """The format and options of an export.

    Attributes:
        format: Name of the format.
        split: The split to export, or several with commas; None exports each.
        subset: The published subset to export; None exports all.
        images: Whether the bytes of images are written, not their paths.
        sample: The range of draws of the prompts to export, from its begin to below its end.
        seed: Seed of the draws.
        stratified: Whether draws are spread evenly over each classification.
        min_rank_gap: Smallest difference in rank that makes a pair.
        keep_ties: Whether tied pairs are exported, too.
        per_prompt: Pairs of a prompt at most; None exports all.
        weights: Whether every prompt or every pair has the same weight; None writes none.
        shard_bytes: Size at which a file of a folder is followed by another.
        allow_empty: Whether an export may have no rows at all.
    """

    format: str
    split: Splits | None = None
    subset: Subset | None = None
    images: bool = True
    sample: Sample = 1.0
    seed: int = 0
    stratified: bool = False
    min_rank_gap: int = 1
    keep_ties: bool = False
    per_prompt: int | None = None
    weights: Weights | None = None
    shard_bytes: int = SHARD_BYTES
    allow_empty: bool = False

    def __post_init__(self) -> None:
        check_choice("the format", self.format, EXPORT_FORMATS)
        object.__setattr__(self, "split", join_splits(self.split))
        self._check_values()
        format = EXPORT_FORMATS[self.format]
        for name in ("min_rank_gap", "per_prompt", "weights"):
            if not format.has_pairs and getattr(self, name) != getattr(ExportChoice, name):
                pair_formats = [each.name for each in EXPORT_FORMATS.values() if each.has_pairs]
                raise UnusedOptionError(name, self.format, pair_formats)
        if self.keep_ties and not format.has_ties:
            tie_formats = [each.name for each in EXPORT_FORMATS.values() if each.has_ties]
            raise UnusedOptionError("keep_ties", self.format, tie_formats)

    def _check_values(self) -> None:
        begin, end = self.range
        if not 0 <= begin < end <= 1:
            allowed = "a share above 0 and up to 1, or a range (begin, end) within 0 and 1"
            raise wrong_value("sample", self.sample, allowed, int, float, tuple, list)
        for name, least, most in _NUMBERS:
            value = getattr(self, name)
            is_left_out = value is None and name == "per_prompt"
            if not is_left_out and (type(value) is not int or not least <= value <= most):
                raise wrong_value(name, value, f"a whole number from {least:,} to {most:,}", int)
        for name in ("images", "stratified", "keep_ties", "allow_empty"):
            check_type(name, getattr(self, name), bool, "True or False")
        if self.weights is not None:
            check_choice("weights", self.weights, WEIGHTS)

    def check_rows(self, rows: int) -> None:
        """Raise an EmptyExportError if there are none, unless that is allowed."""
        if not rows and not self.allow_empty:
            chosen = {name: value for name, value in asdict(self).items() if value != getattr(ExportChoice, name, None)}
            error = NoVotesError if EXPORT_FORMATS[self.format].has_votes else EmptyExportError
            raise error(chosen.pop("format"), chosen)

    @property
    def range(self) -> tuple[float, float]:
        """The range of draws, as two numbers."""
        try:
            begin, end = (0.0, self.sample) if isinstance(self.sample, int | float) else self.sample
            return (math.nan, math.nan) if bool in (type(begin), type(end)) else (float(begin), float(end))
        except (TypeError, ValueError):
            return math.nan, math.nan

    def params(self, split: Splits | str | None) -> dict[str, object]:
        """Return the parameters of an export's queries for one split."""
        begin, end = self.range
        return {
            "split": split,
            "subset": self.subset,
            "from_draw": begin,
            "to_draw": end,
            "seed": self.seed,
            "stratified": self.stratified,
            "min_rank_gap": self.min_rank_gap,
            "keep_ties": self.keep_ties,
            "per_prompt": self.per_prompt,
        }

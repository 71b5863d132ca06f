"""What an export takes: the options of the facade's `export`, checked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypedDict

from irdb_sql.errors import ChoiceError, RangeError
from irdb_sql.exports.errors import UnusedOptionError
from irdb_sql.exports.formats import EXPORT_FORMATS

if TYPE_CHECKING:
    from irdb_sql.core.schema import Split, Subset

Weights = Literal["prompt", "pair"]
WEIGHTS = ("prompt", "pair")
Sample = float | tuple[float, float]
SHARD_BYTES = 500_000_000
_MOST = 2**31 - 1
_NUMBERS = (("min_rank_gap", 1, _MOST), ("per_prompt", 1, _MOST), ("shard_bytes", 1, 2**53), ("seed", 0, _MOST))


class ExportOptions(TypedDict, total=False):
    """Which prompts and pairs to export, and how."""

    split: Split | None
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


@dataclass(frozen=True)
class ExportChoice:
    """What an export takes.

    Attributes:
        form: Its format.
        split: The one split to take; None takes each that there is.
        subset: The published subset to take; None takes all.
        images: Whether bytes of images are written, not their paths.
        sample: The range of draws of the prompts to take, from its begin to below its end.
        seed: What draws depend on.
        stratified: Whether draws are spread evenly over each classification.
        min_rank_gap: Smallest difference in rank that makes a pair.
        keep_ties: Whether tied pairs are taken, too.
        per_prompt: Pairs of a prompt at most; None takes all.
        weights: Whether every prompt or every pair has the same weight; None writes none.
        shard_bytes: How large files in a folder grow before another one is begun.
    """

    form: str
    split: Split | None = None
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

    def __post_init__(self) -> None:
        if self.form not in EXPORT_FORMATS:
            raise ChoiceError("the format", self.form, EXPORT_FORMATS)
        self._refuse_values()
        form = EXPORT_FORMATS[self.form]
        for name in ("min_rank_gap", "per_prompt", "weights"):
            if not form.has_pairs and getattr(self, name) != getattr(ExportChoice, name):
                pairs = [name for name, each in EXPORT_FORMATS.items() if each.has_pairs]
                raise UnusedOptionError(name, self.form, pairs)
        if self.keep_ties and not form.has_ties:
            ties = [name for name, each in EXPORT_FORMATS.items() if each.has_ties]
            raise UnusedOptionError("keep_ties", self.form, ties)

    def _refuse_values(self) -> None:
        begin, end = self.range
        if not 0 <= begin < end <= 1:
            raise RangeError("sample", self.sample, "a share above 0 and up to 1, or the begin and end of such a range")
        for name, least, most in _NUMBERS:
            value = getattr(self, name)
            is_left_out = value is None and name == "per_prompt"
            if not is_left_out and (type(value) is not int or not least <= value <= most):
                raise RangeError(name, value, f"a whole number from {least:,} to {most:,}")
        for name in ("images", "stratified", "keep_ties"):
            if type(getattr(self, name)) is not bool:
                raise RangeError(name, getattr(self, name), "True or False")
        if self.weights not in (None, *WEIGHTS):
            raise ChoiceError("weights", self.weights, WEIGHTS)

    @property
    def range(self) -> tuple[float, float]:
        """The range of draws, as two numbers."""
        try:
            begin, end = (0.0, self.sample) if isinstance(self.sample, int | float) else self.sample
            return (math.nan, math.nan) if bool in (type(begin), type(end)) else (float(begin), float(end))
        except (TypeError, ValueError):
            return math.nan, math.nan

    def params(self, split: str | None) -> dict[str, object]:
        """Return the parameters of the queries that exports are made of, for one split."""
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

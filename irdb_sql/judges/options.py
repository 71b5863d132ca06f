"""Options of the facade's methods about judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from irdb_sql.core.schema import Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.scorers.options import Missing


class JudgedImages(TypedDict, total=False):
    """Options that select the images whose pairs were judged."""

    split: Splits | None
    subset: Subset | None


class JudgementOptions(JudgedImages, total=False):
    """Options for reading judgements."""

    missing: Missing


class JudgeOptions(JudgementOptions, total=False):
    """Options for the accuracy of judges."""

    confidence: float

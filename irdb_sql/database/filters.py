"""What the questions of the facade take: which images, pairs and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from irdb_sql.core.schema import OnError, Split, Subset

Frame: TypeAlias = "pl.DataFrame | pl.LazyFrame"


class Answering(Protocol):
    """A facade that answers named queries: of DuckDB, or of Apache Spark."""

    def query(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        lazy: bool,
        images: bool = False,
        on_error: OnError = "raise",
        **more: object,
    ) -> Frame:
        """Answer a named query."""


class ImageFilters(TypedDict, total=False):
    """Which images to take: one split, one published subset of train."""

    split: Split | None
    subset: Subset | None


class ByteFilters(ImageFilters, total=False):
    """Which images to take, and whether to join their bytes."""

    images: bool
    on_error: OnError


class GroupFilters(ImageFilters, total=False):
    """Which images to take, and whether to answer by classification."""

    by_classification: bool


class PairFilters(ByteFilters, total=False):
    """Which pairs to take."""

    keep_ties: bool
    min_rank_gap: int


class AgreementFilters(GroupFilters, total=False):
    """Which strict pairs to take, and whether to answer by classification."""

    min_rank_gap: int

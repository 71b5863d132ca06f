"""Types of the options with which facade methods select images, pairs and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from irdb_sql.core.schema import OnError, Subset
    from irdb_sql.core.splits import Splits

Frame: TypeAlias = "pl.DataFrame | pl.LazyFrame"


class Facade(Protocol):
    """A facade with named queries, on DuckDB or Apache Spark."""

    def query(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        lazy: bool,
        images: bool = False,
        on_error: OnError = "raise",
        **more_params: object,
    ) -> Frame:
        """Run a named query and return its rows."""


class ImageFilters(TypedDict, total=False):
    """Options that select images: splits, or a published subset."""

    split: Splits | None
    subset: Subset | None


class ByteFilters(ImageFilters, total=False):
    """Options that select images and add their bytes."""

    images: bool
    on_error: OnError


class GroupFilters(ImageFilters, total=False):
    """Options that select images and group them by classification."""

    by_classification: bool


class PairFilters(ByteFilters, total=False):
    """Options that select pairs and add the bytes of their images."""

    keep_ties: bool
    min_rank_gap: int


class AgreementFilters(GroupFilters, total=False):
    """Options that select strict pairs and group them by classification."""

    min_rank_gap: int

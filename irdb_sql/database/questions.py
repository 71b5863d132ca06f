"""The questions of the facade: each method runs the named query of its name, `queries/{name}.sql`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict, Unpack, overload

from irdb_sql.core.schema import OnError, Split, Subset, unseen  # noqa: F401,TC001

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from irdb_sql.engine.statement import Asked

Frame: TypeAlias = "pl.DataFrame | pl.LazyFrame"


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


class Questions(ABC):
    """Methods that answer one named query each.

    All take `split` (train, validation or test; None is all) and `subset` (1k, 2k, 4k or 8k: the first parts of train,
    and validation and test whole; None is all). With `lazy=True` they return a lazy frame. What each column means and
    how ties, NULLs and repeated rows count stands in the `.sql` file that the docstring names. With `images=True` they
    add the bytes of the images that their paths name, as `with_images` does; `on_error` is explained there.
    """

    @abstractmethod
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

    @abstractmethod
    def _question(self, name: str, params: Mapping[str, object]) -> Asked:
        """Return the statement of a named query, with its parameters checked."""

    @overload
    def images(self, *, lazy: Literal[False] = False, **filters: Unpack[ByteFilters]) -> pl.DataFrame: ...
    @overload
    def images(self, *, lazy: Literal[True], **filters: Unpack[ByteFilters]) -> pl.LazyFrame: ...
    @overload
    def images(self, *, lazy: bool, **filters: Unpack[ByteFilters]) -> Frame: ...
    def images(
        self,
        *,
        split: Split | None = None,
        subset: Subset | None = None,
        images: bool = False,
        on_error: OnError = "raise",
        lazy: bool = False,
    ) -> Frame:
        """Return one row an image: the published columns, split, part, image_id and row_index.

        Defined in `queries/views/images.sql`. Rows stand in the order of the source. With `images=True` the column
        `image` holds each image's bytes.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.images(split="test").select("rank", "overall_rating", "fidelity_rating").row(0)
            (3, 5, 5)
        """
        return self.query("images", lazy=lazy, images=images, on_error=on_error, split=split, subset=subset)

    @overload
    def groups(self, *, lazy: Literal[False] = False, **filters: Unpack[ByteFilters]) -> pl.DataFrame: ...
    @overload
    def groups(self, *, lazy: Literal[True], **filters: Unpack[ByteFilters]) -> pl.LazyFrame: ...
    @overload
    def groups(self, *, lazy: bool, **filters: Unpack[ByteFilters]) -> Frame: ...
    def groups(
        self,
        *,
        split: Split | None = None,
        subset: Subset | None = None,
        images: bool = False,
        on_error: OnError = "raise",
        lazy: bool = False,
    ) -> Frame:
        """Return one row a prompt with lists of its images, their ranks and ratings.

        Defined in `queries/macros/prompt_groups.sql`. Rows, and what is in their lists, stand in the order of the
        source. With `images=True` the column `image` holds a list of bytes.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.groups(split="test")["rank"].to_list()[0]
            [3, 2, 1, 3, 2, 4]
        """
        return self.query("groups", lazy=lazy, images=images, on_error=on_error, split=split, subset=subset)

    @overload
    def prompts(self, *, lazy: Literal[False] = False, **filters: Unpack[ImageFilters]) -> pl.DataFrame: ...
    @overload
    def prompts(self, *, lazy: Literal[True], **filters: Unpack[ImageFilters]) -> pl.LazyFrame: ...
    @overload
    def prompts(self, *, lazy: bool, **filters: Unpack[ImageFilters]) -> Frame: ...
    def prompts(self, *, split: Split | None = None, subset: Subset | None = None, lazy: bool = False) -> Frame:
        """Return one row a prompt: its text, its numbers of images and pairs, its best and worst rank.

        Defined in `queries/macros/prompt_counts.sql`. Rows stand in the order of the source.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.prompts(split="test")["strict_pairs"].sum()
            651
        """
        return self.query("prompts", lazy=lazy, split=split, subset=subset)

    @overload
    def ratings(self, *, lazy: Literal[False] = False, **filters: Unpack[ImageFilters]) -> pl.DataFrame: ...
    @overload
    def ratings(self, *, lazy: Literal[True], **filters: Unpack[ImageFilters]) -> pl.LazyFrame: ...
    @overload
    def ratings(self, *, lazy: bool, **filters: Unpack[ImageFilters]) -> Frame: ...
    def ratings(self, *, split: Split | None = None, subset: Subset | None = None, lazy: bool = False) -> Frame:
        """Return one row an image and kind of rating.

        Defined in `queries/macros/image_ratings.sql`. Rows stand in the order of the source, then kind.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.ratings(split="test").height
            837
        """
        return self.query("ratings", lazy=lazy, split=split, subset=subset)

    @overload
    def pairs(self, *, lazy: Literal[False] = False, **filters: Unpack[PairFilters]) -> pl.DataFrame: ...
    @overload
    def pairs(self, *, lazy: Literal[True], **filters: Unpack[PairFilters]) -> pl.LazyFrame: ...
    @overload
    def pairs(self, *, lazy: bool, **filters: Unpack[PairFilters]) -> Frame: ...
    def pairs(  # noqa: PLR0913 - all are named by the caller
        self,
        *,
        split: Split | None = None,
        subset: Subset | None = None,
        keep_ties: bool = False,
        min_rank_gap: int = 1,
        images: bool = False,
        on_error: OnError = "raise",
        lazy: bool = False,
    ) -> Frame:
        """Return one row an unordered pair of a prompt's ranked images, better rank first.

        Defined in `queries/macros/preference_pairs.sql`. Rows stand in the order of the source. With `images=True` the
        columns `better_image` and `worse_image` hold the bytes of both.

        Example:
            >>> import polars as pl
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.pairs(split="test", min_rank_gap=3, lazy=True).select(pl.len()).collect().item()
            148
        """
        return self.query(
            "pairs",
            lazy=lazy,
            images=images,
            on_error=on_error,
            split=split,
            subset=subset,
            keep_ties=keep_ties,
            min_rank_gap=min_rank_gap,
        )

    @overload
    def pair_counts(self, *, lazy: Literal[False] = False, **filters: Unpack[GroupFilters]) -> pl.DataFrame: ...
    @overload
    def pair_counts(self, *, lazy: Literal[True], **filters: Unpack[GroupFilters]) -> pl.LazyFrame: ...
    @overload
    def pair_counts(self, *, lazy: bool, **filters: Unpack[GroupFilters]) -> Frame: ...
    def pair_counts(
        self,
        *,
        split: Split | None = None,
        subset: Subset | None = None,
        by_classification: bool = False,
        lazy: bool = False,
    ) -> Frame:
        """Return numbers of prompts, images and all, strict and tied pairs.

        Defined in `queries/macros/pair_counts.sql`. Rows stand in the order of split, then classification.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.pair_counts(split="test")["tied_pairs"].item()
            85
        """
        return self.query("pair_counts", lazy=lazy, split=split, subset=subset, by_classification=by_classification)

    @overload
    def rating_counts(self, *, lazy: Literal[False] = False, **filters: Unpack[GroupFilters]) -> pl.DataFrame: ...
    @overload
    def rating_counts(self, *, lazy: Literal[True], **filters: Unpack[GroupFilters]) -> pl.LazyFrame: ...
    @overload
    def rating_counts(self, *, lazy: bool, **filters: Unpack[GroupFilters]) -> Frame: ...
    def rating_counts(
        self,
        *,
        split: Split | None = None,
        subset: Subset | None = None,
        by_classification: bool = False,
        lazy: bool = False,
    ) -> Frame:
        """Return the number of images with each combination of the three ratings.

        Defined in `queries/macros/rating_counts.sql`. Rows stand in the order of split, classification, ratings.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.rating_counts(split="test")["images"].sum()
            279
        """
        return self.query("rating_counts", lazy=lazy, split=split, subset=subset, by_classification=by_classification)

    @overload
    def rating_stats(self, *, lazy: Literal[False] = False, **filters: Unpack[GroupFilters]) -> pl.DataFrame: ...
    @overload
    def rating_stats(self, *, lazy: Literal[True], **filters: Unpack[GroupFilters]) -> pl.LazyFrame: ...
    @overload
    def rating_stats(self, *, lazy: bool, **filters: Unpack[GroupFilters]) -> Frame: ...
    def rating_stats(
        self,
        *,
        split: Split | None = None,
        subset: Subset | None = None,
        by_classification: bool = False,
        lazy: bool = False,
    ) -> Frame:
        """Return mean, spread, quartiles, mode and shares of each kind of rating.

        Defined in `queries/macros/rating_stats.sql`. Rows stand in the order of split, classification, kind.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.rating_stats(split="test").select("kind", "n", "median").rows()
            [('alignment', 279, 5.0), ('fidelity', 279, 5.0), ('overall', 279, 5.0)]
        """
        return self.query("rating_stats", lazy=lazy, split=split, subset=subset, by_classification=by_classification)

    @overload
    def rating_correlations(self, *, lazy: Literal[False] = False, **filters: Unpack[GroupFilters]) -> pl.DataFrame: ...
    @overload
    def rating_correlations(self, *, lazy: Literal[True], **filters: Unpack[GroupFilters]) -> pl.LazyFrame: ...
    @overload
    def rating_correlations(self, *, lazy: bool, **filters: Unpack[GroupFilters]) -> Frame: ...
    def rating_correlations(
        self,
        *,
        split: Split | None = None,
        subset: Subset | None = None,
        by_classification: bool = False,
        lazy: bool = False,
    ) -> Frame:
        """Return correlations of the kinds of rating with each other and with rank.

        Defined in `queries/macros/rating_correlations.sql`.
        Rows stand in the order of split, classification, statistic, variables.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.rating_correlations(split="test").select("statistic", "n", "unit").row(0)
            ('kendall_tau_b', 48, 'prompts')
        """
        return self.query(
            "rating_correlations", lazy=lazy, split=split, subset=subset, by_classification=by_classification
        )

    @overload
    def rating_agreement(
        self, *, lazy: Literal[False] = False, **filters: Unpack[AgreementFilters]
    ) -> pl.DataFrame: ...
    @overload
    def rating_agreement(self, *, lazy: Literal[True], **filters: Unpack[AgreementFilters]) -> pl.LazyFrame: ...
    @overload
    def rating_agreement(self, *, lazy: bool, **filters: Unpack[AgreementFilters]) -> Frame: ...
    def rating_agreement(
        self,
        *,
        split: Split | None = None,
        subset: Subset | None = None,
        by_classification: bool = False,
        min_rank_gap: int = 1,
        lazy: bool = False,
    ) -> Frame:
        """Return how often a strict pair's better image also has the higher rating.

        Defined in `queries/macros/rating_agreement.sql`. Rows stand in the order of split, classification, kind.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.rating_agreement(split="test").select("kind", "agreeing", "tied", "disagreeing").rows()
            [('alignment', 496, 108, 47), ('fidelity', 515, 99, 37), ('overall', 572, 78, 1)]
        """
        return self.query(
            "rating_agreement",
            lazy=lazy,
            split=split,
            subset=subset,
            by_classification=by_classification,
            min_rank_gap=min_rank_gap,
        )

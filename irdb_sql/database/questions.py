"""Facade methods that return rows: images, prompts, ratings and pairs.

Each function is a method of both facades, `db.images(…)`, and runs the named query of its name. All take `split`
(train, validation or test, or a list of them; None is all) and `subset` (1k, 2k, 4k or 8k: the first parts of train,
and all of validation and test; None is all). `lazy=True` returns a lazy frame. The `.sql` file in each docstring
defines the columns, and how ties, NULLs and repeated rows count. `images=True` adds columns of image bytes, and
`on_error` is for unreadable images, both as in `with_images`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack, overload

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.schema import OnError, Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.database.filters import ByteFilters, Facade, Frame, ImageFilters, PairFilters


@overload
def images(self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[ByteFilters]) -> pl.DataFrame: ...
@overload
def images(self: Facade, *, lazy: Literal[True], **filters: Unpack[ByteFilters]) -> pl.LazyFrame: ...
@overload
def images(self: Facade, *, lazy: bool, **filters: Unpack[ByteFilters]) -> Frame: ...
def images(
    self: Facade,
    *,
    split: Splits | None = None,
    subset: Subset | None = None,
    images: bool = False,
    on_error: OnError = "raise",
    lazy: bool = False,
) -> Frame:
    """Return one row per image: published columns, split, part, image_id, row_index.

    Defined in `queries/images/images.sql`. Rows are in the order of the source. `images=True` adds the column `image`
    of bytes.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.images(split="test").select("rank", "overall_rating", "fidelity_rating").row(0)
        (3, 5, 5)
    """
    return self.query("images", lazy=lazy, images=images, on_error=on_error, split=split, subset=subset)


@overload
def groups(self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[ByteFilters]) -> pl.DataFrame: ...
@overload
def groups(self: Facade, *, lazy: Literal[True], **filters: Unpack[ByteFilters]) -> pl.LazyFrame: ...
@overload
def groups(self: Facade, *, lazy: bool, **filters: Unpack[ByteFilters]) -> Frame: ...
def groups(
    self: Facade,
    *,
    split: Splits | None = None,
    subset: Subset | None = None,
    images: bool = False,
    on_error: OnError = "raise",
    lazy: bool = False,
) -> Frame:
    """Return one row per prompt: lists of images, ranks and ratings.

    Defined in `queries/prompts/prompt_groups.sql`. Rows and list elements are in the order of the source.
    `images=True` adds the column `image`, a list of bytes.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.groups(split="test")["rank"].to_list()[0]
        [3, 2, 1, 3, 2, 4]
    """
    return self.query("groups", lazy=lazy, images=images, on_error=on_error, split=split, subset=subset)


@overload
def prompts(self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[ImageFilters]) -> pl.DataFrame: ...
@overload
def prompts(self: Facade, *, lazy: Literal[True], **filters: Unpack[ImageFilters]) -> pl.LazyFrame: ...
@overload
def prompts(self: Facade, *, lazy: bool, **filters: Unpack[ImageFilters]) -> Frame: ...
def prompts(self: Facade, *, split: Splits | None = None, subset: Subset | None = None, lazy: bool = False) -> Frame:
    """Return one row per prompt: text, numbers of images and pairs, ranks.

    Defined in `queries/prompts/prompt_counts.sql`. Rows are in the order of the source.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.prompts(split="test")["strict_pairs"].sum()
        651
    """
    return self.query("prompts", lazy=lazy, split=split, subset=subset)


@overload
def ratings(self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[ImageFilters]) -> pl.DataFrame: ...
@overload
def ratings(self: Facade, *, lazy: Literal[True], **filters: Unpack[ImageFilters]) -> pl.LazyFrame: ...
@overload
def ratings(self: Facade, *, lazy: bool, **filters: Unpack[ImageFilters]) -> Frame: ...
def ratings(self: Facade, *, split: Splits | None = None, subset: Subset | None = None, lazy: bool = False) -> Frame:
    """Return one row per image and kind of rating.

    Defined in `queries/ratings/image_ratings.sql`. Rows are in the order of the source, then kind.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.ratings(split="test").height
        837
    """
    return self.query("ratings", lazy=lazy, split=split, subset=subset)


@overload
def pairs(self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[PairFilters]) -> pl.DataFrame: ...
@overload
def pairs(self: Facade, *, lazy: Literal[True], **filters: Unpack[PairFilters]) -> pl.LazyFrame: ...
@overload
def pairs(self: Facade, *, lazy: bool, **filters: Unpack[PairFilters]) -> Frame: ...
def pairs(
    self: Facade,
    *,
    split: Splits | None = None,
    subset: Subset | None = None,
    keep_ties: bool = False,
    min_rank_gap: int = 1,
    images: bool = False,
    on_error: OnError = "raise",
    lazy: bool = False,
) -> Frame:
    """Return one row per pair of ranked images of a prompt.

    Defined in `queries/pairs/preference_pairs.sql`. Rows are in the order of the source, the image with the better rank
    is `better_…`. `keep_ties` adds tied pairs; `min_rank_gap` is the smallest difference in rank of a strict pair.
    `images=True` adds the columns `better_image` and `worse_image` of bytes.

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

"""Questions whose answers are rows: images, prompts, ratings and pairs.

Each function is a method of the facades, `db.images(…)`, and answers the named query of its name. All take `split`
(train, validation or test; None is all) and `subset` (1k, 2k, 4k or 8k: the first parts of train, and validation and
test whole; None is all). With `lazy=True` they return a lazy frame. What each column means, and how ties, NULLs and
repeated rows count, stands in the `.sql` file that the docstring names. With `images=True` they add the bytes of the
images that their paths name, as `with_images` does; `on_error` is explained there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack, overload

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.schema import OnError, Split, Subset
    from irdb_sql.database.filters import Answering, ByteFilters, Frame, ImageFilters, PairFilters


@overload
def images(self: Answering, *, lazy: Literal[False] = False, **filters: Unpack[ByteFilters]) -> pl.DataFrame: ...
@overload
def images(self: Answering, *, lazy: Literal[True], **filters: Unpack[ByteFilters]) -> pl.LazyFrame: ...
@overload
def images(self: Answering, *, lazy: bool, **filters: Unpack[ByteFilters]) -> Frame: ...
def images(
    self: Answering,
    *,
    split: Split | None = None,
    subset: Subset | None = None,
    images: bool = False,
    on_error: OnError = "raise",
    lazy: bool = False,
) -> Frame:
    """Return one row an image: the published columns, split, part, image_id and row_index.

    Defined in `queries/images/images.sql`. Rows stand in the order of the source. With `images=True` the column
    `image` holds each image's bytes.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.images(split="test").select("rank", "overall_rating", "fidelity_rating").row(0)
        (3, 5, 5)
    """
    return self.query("images", lazy=lazy, images=images, on_error=on_error, split=split, subset=subset)


@overload
def groups(self: Answering, *, lazy: Literal[False] = False, **filters: Unpack[ByteFilters]) -> pl.DataFrame: ...
@overload
def groups(self: Answering, *, lazy: Literal[True], **filters: Unpack[ByteFilters]) -> pl.LazyFrame: ...
@overload
def groups(self: Answering, *, lazy: bool, **filters: Unpack[ByteFilters]) -> Frame: ...
def groups(
    self: Answering,
    *,
    split: Split | None = None,
    subset: Subset | None = None,
    images: bool = False,
    on_error: OnError = "raise",
    lazy: bool = False,
) -> Frame:
    """Return one row a prompt with lists of its images, their ranks and ratings.

    Defined in `queries/prompts/prompt_groups.sql`. Rows, and what is in their lists, stand in the order of the
    source. With `images=True` the column `image` holds a list of bytes.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.groups(split="test")["rank"].to_list()[0]
        [3, 2, 1, 3, 2, 4]
    """
    return self.query("groups", lazy=lazy, images=images, on_error=on_error, split=split, subset=subset)


@overload
def prompts(self: Answering, *, lazy: Literal[False] = False, **filters: Unpack[ImageFilters]) -> pl.DataFrame: ...
@overload
def prompts(self: Answering, *, lazy: Literal[True], **filters: Unpack[ImageFilters]) -> pl.LazyFrame: ...
@overload
def prompts(self: Answering, *, lazy: bool, **filters: Unpack[ImageFilters]) -> Frame: ...
def prompts(self: Answering, *, split: Split | None = None, subset: Subset | None = None, lazy: bool = False) -> Frame:
    """Return one row a prompt: its text, its numbers of images and pairs, its best and worst rank.

    Defined in `queries/prompts/prompt_counts.sql`. Rows stand in the order of the source.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.prompts(split="test")["strict_pairs"].sum()
        651
    """
    return self.query("prompts", lazy=lazy, split=split, subset=subset)


@overload
def ratings(self: Answering, *, lazy: Literal[False] = False, **filters: Unpack[ImageFilters]) -> pl.DataFrame: ...
@overload
def ratings(self: Answering, *, lazy: Literal[True], **filters: Unpack[ImageFilters]) -> pl.LazyFrame: ...
@overload
def ratings(self: Answering, *, lazy: bool, **filters: Unpack[ImageFilters]) -> Frame: ...
def ratings(self: Answering, *, split: Split | None = None, subset: Subset | None = None, lazy: bool = False) -> Frame:
    """Return one row an image and kind of rating.

    Defined in `queries/ratings/image_ratings.sql`. Rows stand in the order of the source, then kind.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.ratings(split="test").height
        837
    """
    return self.query("ratings", lazy=lazy, split=split, subset=subset)


@overload
def pairs(self: Answering, *, lazy: Literal[False] = False, **filters: Unpack[PairFilters]) -> pl.DataFrame: ...
@overload
def pairs(self: Answering, *, lazy: Literal[True], **filters: Unpack[PairFilters]) -> pl.LazyFrame: ...
@overload
def pairs(self: Answering, *, lazy: bool, **filters: Unpack[PairFilters]) -> Frame: ...
def pairs(
    self: Answering,
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

    Defined in `queries/pairs/preference_pairs.sql`. Rows stand in the order of the source. With `images=True` the
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

"""Facade methods that return counts and statistics of pairs and ratings.

Each function is a method of both facades, `db.pair_counts(…)`, and runs the named query of its name. All take `split`
(train, validation or test, or a list of them; None is all), `subset` (1k, 2k, 4k or 8k: the first parts of train, and
all of validation and test; None is all) and `by_classification`, which groups by split and classification instead of
split. `lazy=True` returns a lazy frame. The `.sql` file in each docstring defines columns, and how ties, NULLs and
repeated rows count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack, overload

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.schema import Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.database.filters import AgreementFilters, Facade, Frame, GroupFilters


@overload
def pair_counts(self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[GroupFilters]) -> pl.DataFrame: ...
@overload
def pair_counts(self: Facade, *, lazy: Literal[True], **filters: Unpack[GroupFilters]) -> pl.LazyFrame: ...
@overload
def pair_counts(self: Facade, *, lazy: bool, **filters: Unpack[GroupFilters]) -> Frame: ...
def pair_counts(
    self: Facade,
    *,
    split: Splits | None = None,
    subset: Subset | None = None,
    by_classification: bool = False,
    lazy: bool = False,
) -> Frame:
    """Return numbers of prompts, images and pairs (all, strict, tied) per split.

    Defined in `queries/pairs/pair_counts.sql`. Rows are in the order of split and classification.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.pair_counts(split="test")["tied_pairs"].item()
        85
    """
    return self.query("pair_counts", lazy=lazy, split=split, subset=subset, by_classification=by_classification)


@overload
def rating_counts(self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[GroupFilters]) -> pl.DataFrame: ...
@overload
def rating_counts(self: Facade, *, lazy: Literal[True], **filters: Unpack[GroupFilters]) -> pl.LazyFrame: ...
@overload
def rating_counts(self: Facade, *, lazy: bool, **filters: Unpack[GroupFilters]) -> Frame: ...
def rating_counts(
    self: Facade,
    *,
    split: Splits | None = None,
    subset: Subset | None = None,
    by_classification: bool = False,
    lazy: bool = False,
) -> Frame:
    """Return the number of images with each combination of the three ratings.

    Defined in `queries/ratings/rating_counts.sql`. Rows are in the order of split, classification and ratings.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.rating_counts(split="test")["images"].sum()
        279
    """
    return self.query("rating_counts", lazy=lazy, split=split, subset=subset, by_classification=by_classification)


@overload
def rating_stats(self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[GroupFilters]) -> pl.DataFrame: ...
@overload
def rating_stats(self: Facade, *, lazy: Literal[True], **filters: Unpack[GroupFilters]) -> pl.LazyFrame: ...
@overload
def rating_stats(self: Facade, *, lazy: bool, **filters: Unpack[GroupFilters]) -> Frame: ...
def rating_stats(
    self: Facade,
    *,
    split: Splits | None = None,
    subset: Subset | None = None,
    by_classification: bool = False,
    lazy: bool = False,
) -> Frame:
    """Return mean, standard deviation, quartiles, mode and shares per kind of rating.

    Defined in `queries/ratings/rating_stats.sql`. Rows are in the order of split, classification and kind.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.rating_stats(split="test").select("kind", "n", "median").rows()
        [('alignment', 279, 5.0), ('fidelity', 279, 5.0), ('overall', 279, 5.0)]
    """
    return self.query("rating_stats", lazy=lazy, split=split, subset=subset, by_classification=by_classification)


@overload
def rating_correlations(
    self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[GroupFilters]
) -> pl.DataFrame: ...
@overload
def rating_correlations(self: Facade, *, lazy: Literal[True], **filters: Unpack[GroupFilters]) -> pl.LazyFrame: ...
@overload
def rating_correlations(self: Facade, *, lazy: bool, **filters: Unpack[GroupFilters]) -> Frame: ...
def rating_correlations(
    self: Facade,
    *,
    split: Splits | None = None,
    subset: Subset | None = None,
    by_classification: bool = False,
    lazy: bool = False,
) -> Frame:
    """Return correlations between the kinds of rating, and of each with rank.

    Defined in `queries/ratings/rating_correlations.sql`.
    Rows are in the order of split, classification, statistic and variables.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.rating_correlations(split="test").select("statistic", "n", "unit").row(0)
        ('kendall_tau_b', 48, 'prompts')
    """
    return self.query("rating_correlations", lazy=lazy, split=split, subset=subset, by_classification=by_classification)


@overload
def rating_agreement(
    self: Facade, *, lazy: Literal[False] = False, **filters: Unpack[AgreementFilters]
) -> pl.DataFrame: ...
@overload
def rating_agreement(self: Facade, *, lazy: Literal[True], **filters: Unpack[AgreementFilters]) -> pl.LazyFrame: ...
@overload
def rating_agreement(self: Facade, *, lazy: bool, **filters: Unpack[AgreementFilters]) -> Frame: ...
def rating_agreement(
    self: Facade,
    *,
    split: Splits | None = None,
    subset: Subset | None = None,
    by_classification: bool = False,
    min_rank_gap: int = 1,
    lazy: bool = False,
) -> Frame:
    """Return how often the better image has the higher rating.

    Defined in `queries/ratings/rating_agreement.sql`. Rows are in the order of split, classification and kind.

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

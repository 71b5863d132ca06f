"""Selects the images of a database: those with an intact file, of a subset, or of some classifications."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.selection import Selection
from irdb_sql.core.splits import check_subset
from irdb_sql.database.verified import find_unverified
from irdb_sql.errors import ArgumentTypeError, ChoiceError, RangeError, quoted
from irdb_sql.images.errors import NoImagesLeftWarning, NoImagesSelectedWarning

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.local import DuckDBEngine
    from irdb_sql.sources.local import PathLike, Source
else:
    pl = late("polars")


def make_selection(
    images: PathLike | None, subset: str | None, classification: str | Sequence[str] | None
) -> Selection:
    """Check the arguments of `connect` that select images.

    Raises:
        UnknownSubsetError: There is no such subset.
        TypeError: The subset or a classification is no text.
    """
    check_subset(subset)
    names: object = [classification] if isinstance(classification, str) else classification or []
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise ArgumentTypeError("classification", classification, "a text or a list of texts")
    return Selection(None if images is None else str(images), subset, tuple(names))


def leave_out_images(engine: DuckDBEngine, catalog: SqlCatalog, source: Source, selection: Selection) -> Source:
    """Leave all other images out of the views, and return the renamed source.

    Raises:
        SourceNotFoundError: The file of `irdb verify` does not exist.
        BrokenFileError: The file was not written by `irdb verify`.
        ChoiceError: No image has a classification.
    """
    if selection == Selection():
        return source
    names, left_out = [source.name], []
    if selection.subset is not None or selection.classifications:
        _check_classifications(engine, catalog, selection)
        unselected = engine.call("images_outside", [selection.subset, list(selection.classifications) or None])
        engine.replace_view("unselected_images", unselected)
        left_out.append(unselected)
        names += [f"only {text}" for text in (selection.subset, " and ".join(selection.classifications)) if text]
    if selection.images == "ok":
        left_out.append(engine.call("bad_images"))
        names.append("only images whose file is ok")
    elif selection.images is not None:
        left_out.append(find_unverified(engine, selection.images))
        names.append("only verified images")
    # Computed once and stored, so that later statements join a small table.
    engine.replace_view("left_out_images", pl.concat(left_out).unique(maintain_order=True))
    _warn_of_no_images(engine, catalog, selection)
    return replace(source, name=", ".join(names))


def _check_classifications(engine: DuckDBEngine, catalog: SqlCatalog, selection: Selection) -> None:
    """Raise a ChoiceError for a classification that no image has, and warn of images in no subset."""
    engine.prepare_query(catalog.queries["images"], {"subset": selection.subset})  # which warns
    if selection.classifications:
        counts = engine.prepare_query(catalog.queries["classifications"]).frame()
        classes = sorted(counts["classification"].drop_nulls().unique())
        for name in selection.classifications:
            if not classes:
                raise RangeError("classification", name, "none: no image of this data has a classification")
            if name not in classes:
                raise ChoiceError("classification", name, classes)


def _warn_of_no_images(engine: DuckDBEngine, catalog: SqlCatalog, selection: Selection) -> None:
    """Warn if all images are left out, since every answer is empty then."""
    (totals,) = engine.prepare_query(catalog.queries["totals"]).frame().iter_rows(named=True)
    if totals["images"] or not totals["images_left_out"]:
        return
    if engine.rows("unselected_images").height == totals["images_left_out"]:
        words = " and ".join(
            [*([selection.subset] if selection.subset else []), *map(quoted, selection.classifications)]
        )
        warnings.warn(NoImagesSelectedWarning(words), stacklevel=4)
    else:
        warnings.warn(NoImagesLeftWarning(totals["images_left_out"]), stacklevel=4)

"""Reads the files that `irdb verify` wrote: which images are ok, and the measures of images."""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING

from irdb_sql.core.file_contents import is_lfs_pointer
from irdb_sql.core.late import late
from irdb_sql.core.schema import MEASURES
from irdb_sql.engine.errors import QueryError
from irdb_sql.errors import find_twins
from irdb_sql.images.errors import MeasuresNotFoundError, OtherMeasuresError, UnmeasuredImagesWarning
from irdb_sql.sources.errors import BrokenFileError, PointerFileError, TwinColumnsError
from irdb_sql.sources.local import find_verification, literal_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.local import DuckDBEngine
    from irdb_sql.sources.local import PathLike
else:
    pl = late("polars")

_KEYS = ("image_path", "status")


def find_unverified(engine: DuckDBEngine, path: PathLike) -> pl.DataFrame:
    """Return the images that are not ok in a file of `irdb verify`, or have changed since.

    Raises:
        VerificationNotFoundError: The file does not exist.
        FileError: The file was not written by `irdb verify`.
    """
    kind, hint = "verification, a parquet file of irdb verify", "write it again with `irdb verify -o FILE.parquet`."
    return _call_on_file(engine, "unverified_images", find_verification(path), _KEYS, (kind, hint))


def attach_measures(engine: DuckDBEngine, catalog: SqlCatalog, path: PathLike) -> None:
    """Replace the rows of the view `image_measures` by those of a file, and warn of images without measures.

    Raises:
        MeasuresNotFoundError: The file does not exist.
        FileError: The file was not written by `irdb verify --measure`, or has no image of the data.
    """
    kind = "file of measures, a parquet file of irdb verify --measure"
    hint = "write it with `irdb verify --measure -o FILE.parquet`."
    file = find_verification(path, MeasuresNotFoundError)
    measures = _call_on_file(engine, "measured_images", file, (*_KEYS, "size", *MEASURES), (kind, hint))
    if measures.is_empty() and not engine.rows("images").is_empty():
        raise OtherMeasuresError(file)
    engine.replace_view("image_measures", measures)
    counts = engine.prepare_query(catalog.queries["unmeasured_images"]).frame().filter(pl.col("unmeasured_images") > 0)
    if not counts.is_empty():
        warnings.warn(UnmeasuredImagesWarning(file, counts.rows()), stacklevel=3)


def _call_on_file(
    engine: DuckDBEngine, macro: str, file: Path, columns: Sequence[str], kind_and_hint: tuple[str, str]
) -> pl.DataFrame:
    """Return the rows of a macro that reads a file, which is checked to have columns."""
    kind, hint = kind_and_hint
    with contextlib.suppress(pl.exceptions.PolarsError, OSError):  # a broken file is told below
        names = pl.read_parquet_schema(file)
        if (twins := find_twins(names)) is not None:
            raise TwinColumnsError(file, *twins)
        for column in columns:
            if column not in {name.lower() for name in names}:
                raise BrokenFileError(file, kind, f"it has no column '{column}'", hint)
    if is_lfs_pointer(file):
        raise PointerFileError(file)
    try:
        return engine.call(macro, [literal_path(file)])
    except QueryError as error:
        raise BrokenFileError(file, kind, error.sentence, hint) from error

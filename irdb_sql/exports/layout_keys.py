"""Reads the keys of prompts and images in files with votes, which no export wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from irdb_sql.core.regular_files import describe_error
from irdb_sql.engine.single_query import read_query
from irdb_sql.exports.formats import MANIFEST
from irdb_sql.exports.leaks import IMAGES, KEYS, TEXTS, image_keys
from irdb_sql.sources.errors import BrokenFileError, NoMetadataError, SeveralLayoutsError
from irdb_sql.sources.kinds.layout import LayoutFiles
from irdb_sql.sources.local import find_source
from irdb_sql.sources.peek import field_names

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.sources.kinds.base import SourceKind
    from irdb_sql.sources.local import MetadataFile, Source


def find_layout(place: Path, layout: SourceKind | None) -> Source | None:
    """Return the source of a file or folder with votes; None of an export.

    Args:
        place: The file or folder, which is there.
        layout: The layout of its files; None finds it out.

    Raises:
        FileError, NoMetadataError: It is not of the layout that is named.
    """
    if (place / MANIFEST).is_file() or place.with_name(f"{place.name}.{MANIFEST}").is_file():
        return None
    if layout is not None:
        return find_source(place, None, layout)
    try:
        source = find_source(place)
    except (NoMetadataError, SeveralLayoutsError):  # then each file is read by the names of its columns
        return None
    return source if all(file.kind.has_votes and not _is_exported(file) for file in source.files) else None


def _is_exported(file: MetadataFile) -> bool:
    """Whether a file has the columns of an export, which `pairs` and `pickapic` would read without bytes and paths."""
    assert isinstance(file.kind, LayoutFiles)  # noqa: S101 - what has votes has a layout
    if file.kind.bytes_columns is not None:
        column = file.kind.bytes_columns[0]
        schema = _parquet_schema(file.path) if column in IMAGES else {}
        return column in schema and schema[column] != pl.Binary
    fields = field_names(file.path)
    if file.kind.names:
        return False
    # A CSV is a table of pairs by its suffix alone, whatever its columns are.
    is_pairs = file.kind.matches(file.path.with_suffix(""), fields)
    return not is_pairs or (not fields.isdisjoint(IMAGES) and not fields.isdisjoint(TEXTS))


def layout_keys(source: Source, catalog: SqlCatalog) -> pl.DataFrame:
    """Return prompt_id, prompt, image_path and content_hash of each image, which is NULL where files hold no bytes.

    Raises:
        FileError: A file cannot be read.
    """
    return add_hashes(read_query(source, catalog, "images").select("prompt_id", "prompt", "image_path"), source)


def add_hashes(images: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Add content_hash to images of a source, which is NULL where its files hold no bytes.

    Raises:
        FileError: A file cannot be read.
    """
    hashes = [part for file in source.files for part in _hashes(file)]
    if not hashes:
        return images.with_columns(content_hash=pl.lit(None, KEYS["content_hash"]))
    by_path = pl.concat(hashes).unique("image_path", keep="first", maintain_order=True)
    return images.join(by_path, on="image_path", how="left", maintain_order="left")


def _hashes(file: MetadataFile) -> list[pl.DataFrame]:
    """Return path and hash of the images in the columns of bytes that a file has."""
    kind = file.kind
    if not isinstance(kind, LayoutFiles) or kind.bytes_columns is None:
        return []
    schema = _parquet_schema(file.path)
    paths = (kind.names["first_path"], kind.names["second_path"])
    try:
        return [
            pl.scan_parquet(file.path, glob=False)
            .select(image_path=pl.col(path).cast(pl.String), image=pl.col(column))
            .select("image_path", image_keys(schema[column])["content_hash"].alias("content_hash"))
            .drop_nulls()
            .unique("image_path", keep="first", maintain_order=True)
            .collect(engine="streaming")
            for path, column in zip(paths, kind.bytes_columns, strict=True)
            if column in schema
        ]
    except (PolarsError, OSError) as error:
        raise BrokenFileError(file.path, kind.description, describe_error(error)) from error


def _parquet_schema(path: Path) -> dict[str, pl.DataType]:
    try:
        return dict(pl.read_parquet_schema(path))
    except (PolarsError, OSError):  # whoever reads its rows says what is wrong
        return {}

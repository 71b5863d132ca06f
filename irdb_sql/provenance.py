"""Tells what a report was made from: the data's files by size and SHA-256, and the versions of what read them."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.errors import UnreadableError

if TYPE_CHECKING:
    from irdb_sql.sources import Source

_PACKAGES = ("irdb-sql", "duckdb", "polars")


def files_of(source: Source) -> pl.DataFrame:
    """Return a row a metadata file: its name, without folders, its split where it is of one, bytes and SHA-256.

    Raises:
        UnreadableError: A file has gone.
    """
    rows = []
    for file in source.files:
        try:
            with file.path.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
            rows.append((file.path.name, file.split, file.path.stat().st_size, digest))
        except OSError as error:
            raise UnreadableError(file.path, error.strerror or str(error)) from error
    schema = {"file": pl.String, "split": pl.String, "bytes": pl.Int64, "sha256": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def versions() -> dict[str, str]:
    """Return the versions of the packages that numbers depend on."""
    return {package: version(package) for package in _PACKAGES}

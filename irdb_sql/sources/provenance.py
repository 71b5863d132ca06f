"""Describes the provenance of results: size, SHA-256 and commit of files, and package versions."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.sources.errors import ChangedFileError, UnreadableError
from irdb_sql.sources.revisions import revision_of_content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from irdb_sql.sources.local import Source

_PACKAGES = ("irdb-sql", "duckdb", "polars")


def files_of(source: Source, more_files: Mapping[str, Path]) -> pl.DataFrame:
    """Return file name, split, bytes and sha256 of each metadata file, and of others by name.

    Where the source has a commit, the column `revision` names it for each file that has not changed since.

    Raises:
        UnreadableError: A file has gone.
        ChangedFileError: A file of metadata has changed since it was opened, so that its rows here are older.
    """
    rows = []
    listed = [(file.path.name, file.split, file.path) for file in source.files]
    for name, split, path in [*listed, *((name, None, path) for name, path in more_files.items())]:
        try:
            with path.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
            rows.append((name, split, path.stat().st_size, digest, revision_of_content(path.parent, path.name, digest)))
        except OSError as error:
            raise UnreadableError(path, error.strerror or str(error)) from error
    for file in source.files:
        if file.has_changed():
            raise ChangedFileError(file.path)
    schema = {"file": pl.String, "split": pl.String, "bytes": pl.Int64, "sha256": pl.String, "revision": pl.String}
    files = pl.DataFrame(rows, schema=schema, orient="row")
    return files.drop("revision") if source.revision is None else files


def versions() -> dict[str, str]:
    """Return the versions of the packages that numbers depend on."""
    return {package: version(package) for package in _PACKAGES}

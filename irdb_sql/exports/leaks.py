"""Reads the keys of prompts and images in exports of any format."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from irdb_sql.core.regular_files import check_regular_file, describe_error, read_regular_file
from irdb_sql.core.text import printable
from irdb_sql.errors import quoted
from irdb_sql.exports.errors import NoExportError
from irdb_sql.exports.formats import EXPORT_FORMATS, MANIFEST, SUFFIXES
from irdb_sql.sources.errors import BrokenFileError
from irdb_sql.storage.zips import LARGEST_IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEYS = {"prompt_id": pl.String, "prompt": pl.String, "image_path": pl.String, "content_hash": pl.Int64}
"""The columns of the keys; `content_hash` is a hash of an image's bytes."""
_TAR_END = bytes(2 * tarfile.BLOCKSIZE)
_LONGEST_REASON = 200


def export_keys(place: Path) -> pl.DataFrame:
    """Return the keys of an export, one row per image.

    Args:
        place: A folder or file of an export, or one with columns of the same names.

    Raises:
        NoExportError: It has no file of an export, or lacks one.
        BrokenFileError: A file cannot be read.
    """
    files = sorted(path for path in place.iterdir() if _is_export_file(path)) if place.is_dir() else [place]
    _check_complete(place, {path.name: path.stat().st_size for path in files})
    if not files:
        raise NoExportError(place, f"it has no file that ends in {', '.join(SUFFIXES)}")
    return pl.concat([_file_keys(path) for path in files]).unique(maintain_order=True)


def _check_complete(place: Path, sizes: dict[str, int]) -> None:
    """Raise an error if a manifest's file is missing or resized."""
    try:
        manifest = json.loads(read_regular_file(place / MANIFEST))
        listed = {str(file["file"]): int(file["bytes"]) for file in manifest["files"]}
    except (OSError, ValueError, LookupError, TypeError):
        return  # without a manifest it may be an export of another program
    for name, size in listed.items():
        if sizes.get(name) != size:
            has = "is not there" if name not in sizes else f"has {sizes[name]:,} bytes, not {size:,}"
            raise NoExportError(place, f"its {MANIFEST} lists {quoted(name)}, which {has}")


def _is_export_file(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.endswith(MANIFEST) and path.is_file()


def _file_keys(path: Path) -> pl.DataFrame:
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise NoExportError(path, f"it ends in none of {', '.join(SUFFIXES)}")
    try:
        check_regular_file(path)
        if kind == "tar":
            return pl.DataFrame(_tar_rows(path), schema=KEYS, orient="row")
        return _row_keys(_SCANS[kind](path), path)
    except NoExportError:
        raise
    except (PolarsError, OSError, ValueError, TypeError, tarfile.TarError) as error:
        reason = " ".join(printable(describe_error(error)).split())
        reason = reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}…"
        raise BrokenFileError(
            path, f"{kind} file of an export", reason, "make the export again with `irdb export`."
        ) from error


_SCANS: dict[str, Callable[[Path], pl.LazyFrame]] = {
    "json": lambda path: pl.LazyFrame(json.loads(path.read_bytes()), infer_schema_length=None),
    "parquet": lambda path: pl.scan_parquet(path, glob=False),
    "csv": lambda path: pl.scan_csv(path, glob=False, infer_schema=False),
    "ndjson": pl.scan_ndjson,
}


def _export_names(*columns: str) -> tuple[str, ...]:
    """Return the distinct names that formats give to columns of their queries."""
    names = (name for format in EXPORT_FORMATS.values() for column, name in format.columns.items() if column in columns)
    return tuple(dict.fromkeys(names))


_IDS = _export_names("prompt_id")
TEXTS = _export_names("prompt", "caption")
IMAGES = tuple(dict.fromkeys(name for format in EXPORT_FORMATS.values() for name in (*format.images, "image_path")))
"""The columns of images in all formats; `TEXTS` are those of prompts."""


def _row_keys(rows: pl.LazyFrame, path: Path) -> pl.DataFrame:
    schema = rows.collect_schema()
    images = [name for name in IMAGES if name in schema]
    id_column = next((name for name in _IDS if name in schema), None)
    text_column = next((name for name in TEXTS if name in schema), None)
    if id_column is None and text_column is None and not images:
        raise NoExportError(path, f"it has none of the columns {', '.join([*_IDS, *TEXTS, *IMAGES])}")
    prompt = {
        "prompt_id": pl.lit(None, pl.String) if id_column is None else pl.col(id_column).cast(pl.String),
        "prompt": pl.lit(None, pl.String) if text_column is None else pl.col(text_column).cast(pl.String),
    }
    parts = []
    for name in images:
        kind = schema[name]
        part = rows.select(**prompt, image=pl.col(name))
        if isinstance(kind, pl.List):
            part = part.explode("image", empty_as_null=False, keep_nulls=False)
            kind = part.collect_schema()["image"]
        parts.append(part.select("prompt_id", "prompt", **image_keys(kind)))
    if not images:
        parts.append(rows.select(**prompt, image_path=pl.lit(None, pl.String), content_hash=pl.lit(None, pl.Int64)))
    return pl.concat(parts).unique(maintain_order=True).collect(engine="streaming")


def image_keys(kind: pl.DataType) -> dict[str, pl.Expr]:
    """Return path and hash of the column `image`: text, bytes or both."""
    image = pl.col("image")
    fields = {field.name for field in kind.fields} if isinstance(kind, pl.Struct) else set()
    path = image.struct.field("path") if "path" in fields else image if kind == pl.String else None
    content = image.struct.field("bytes") if "bytes" in fields else image if kind == pl.Binary else None
    return {
        "image_path": pl.lit(None, pl.String) if path is None else path,
        "content_hash": pl.lit(None, pl.Int64)
        if content is None
        else pl.when(content.is_not_null()).then(content.hash().reinterpret(signed=True)),
    }


def _tar_rows(path: Path) -> Iterator[tuple[str | None, str | None, str | None, int | None]]:
    """Yield the keys of each row of a tar."""
    with path.open("rb") as file:
        file.seek(-min(len(_TAR_END), path.stat().st_size), 2)
        if file.read() != _TAR_END:
            message = "it was cut short"
            raise tarfile.ReadError(message)
    with tarfile.open(path, "r:") as shard:
        stem, content = "", None
        for member in shard:
            opened = shard.extractfile(member) if member.isfile() else None
            if opened is None:
                continue
            name, _, suffix = member.name.partition(".")
            if member.size > LARGEST_IMAGE:
                message = f"{quoted(member.name)} has {member.size:,} bytes, which no image has"
                raise tarfile.ReadError(message)
            if suffix != "json":
                stem, content = name, pl.Series([opened.read()], dtype=pl.Binary).hash().reinterpret(signed=True)[0]
            else:
                row = json.loads(opened.read())
                if not isinstance(row, dict):
                    message = f"{quoted(member.name)} is no JSON object"
                    raise tarfile.ReadError(message)
                yield row.get("prompt_id"), row.get("prompt"), row.get("image_path"), content if stem == name else None

"""Reads what tells prompts and images apart from exports of any format, to be checked for leaks."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from irdb_sql.core.text import printable
from irdb_sql.exports.errors import NoExportError
from irdb_sql.exports.formats import EXPORT_FORMATS, MANIFEST, SUFFIXES
from irdb_sql.sources.errors import BrokenFileError
from irdb_sql.storage.zips import LARGEST_IMAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = {"prompt_id": pl.String, "prompt": pl.String, "image_path": pl.String, "content": pl.Int64}
_IDS = ("prompt_id", "id")
_TEXTS = ("prompt", "caption")
_IMAGES = tuple(dict.fromkeys(name for form in EXPORT_FORMATS.values() for name in (*form.images, "image_path")))
_MARK = bytes(2 * tarfile.BLOCKSIZE)  # with which a tar ends
_LONGEST_REASON = 200


def export_keys(place: Path) -> pl.DataFrame:
    """Return a row an image of an export, with its prompt and a hash of its bytes.

    Args:
        place: A folder or file of an export, or one with columns of the same names.

    Raises:
        NoExportError: It has no file that could be one.
        BrokenFileError: A file cannot be read.
    """
    files = sorted(path for path in place.iterdir() if _kind(path) is not None) if place.is_dir() else [place]
    _refuse_incomplete(place, {path.name: path.stat().st_size for path in files})
    if not files:
        raise NoExportError(place, f"it has no file that ends in {', '.join(SUFFIXES)}")
    return pl.concat([_keys_of(path) for path in files]).unique(maintain_order=True)


def _refuse_incomplete(place: Path, sizes: dict[str, int]) -> None:
    """Raise an error if a manifest in a folder tells of files that are not there, or had another size."""
    try:
        manifest = json.loads((place / MANIFEST).read_bytes())
        listed = {str(file["file"]): int(file["bytes"]) for file in manifest["files"]}
    except (OSError, ValueError, LookupError, TypeError):
        return  # it is no export of this package, whatever else it is
    for name, size in listed.items():
        if sizes.get(name) != size:
            has = "is not there" if name not in sizes else f"has {sizes[name]:,} bytes, not {size:,}"
            raise NoExportError(place, f"its {MANIFEST} tells of {name}, which {has}")


def _kind(path: Path) -> str | None:
    is_manifest = path.name.endswith(MANIFEST)
    return None if is_manifest or not path.is_file() else SUFFIXES.get(path.suffix.lower())


def _keys_of(path: Path) -> pl.DataFrame:
    kind = SUFFIXES.get(path.suffix.lower())
    try:
        if kind == "tar":
            return pl.DataFrame(_tar_rows(path), schema=KEYS, orient="row")
        if kind == "json":
            return _keys(pl.LazyFrame(json.loads(path.read_bytes()), infer_schema_length=None), path)
        if kind == "parquet":
            return _keys(pl.scan_parquet(path, glob=False), path)
        if kind == "csv":
            return _keys(pl.scan_csv(path, glob=False, infer_schema=False), path)
        if kind == "ndjson":
            return _keys(pl.scan_ndjson(path), path)
    except NoExportError:
        raise
    except (PolarsError, OSError, ValueError, TypeError, tarfile.TarError) as error:
        reason = " ".join(printable(str(error)).split())
        reason = reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}…"
        raise BrokenFileError(path, f"{kind} file of an export", reason) from error
    raise NoExportError(path, f"it ends in none of {', '.join(SUFFIXES)}")


def _keys(rows: pl.LazyFrame, path: Path) -> pl.DataFrame:
    schema = rows.collect_schema()
    images = [name for name in _IMAGES if name in schema]
    key = next((name for name in _IDS if name in schema), None)
    text = next((name for name in _TEXTS if name in schema), None)
    if key is None and text is None and not images:
        raise NoExportError(path, f"it has none of the columns {', '.join([*_IDS, *_TEXTS, *_IMAGES])}")
    of_prompt = {
        "prompt_id": pl.lit(None, pl.String) if key is None else pl.col(key).cast(pl.String),
        "prompt": pl.lit(None, pl.String) if text is None else pl.col(text).cast(pl.String),
    }
    parts = []
    for name in images:
        kind = schema[name]
        some = rows.select(**of_prompt, image=pl.col(name))
        if isinstance(kind, pl.List):
            some = some.explode("image", empty_as_null=False, keep_nulls=False)
            kind = some.collect_schema()["image"]
        parts.append(some.select("prompt_id", "prompt", **_told(kind)))
    if not images:
        parts.append(rows.select(**of_prompt, image_path=pl.lit(None, pl.String), content=pl.lit(None, pl.Int64)))
    return pl.concat(parts).unique(maintain_order=True).collect(engine="streaming")


def _told(kind: pl.DataType) -> dict[str, pl.Expr]:
    """Say where an image's path is and what hashes its bytes."""
    names = {field.name for field in kind.fields} if isinstance(kind, pl.Struct) else set()
    path = pl.col("image").struct.field("path") if "path" in names else pl.col("image") if kind == pl.String else None
    content = (
        pl.col("image").struct.field("bytes") if "bytes" in names else pl.col("image") if kind == pl.Binary else None
    )
    return {
        "image_path": pl.lit(None, pl.String) if path is None else path,
        "content": pl.lit(None, pl.Int64)
        if content is None
        else pl.when(content.is_not_null()).then(content.hash().reinterpret(signed=True)),
    }


def _tar_rows(path: Path) -> Iterator[tuple[str | None, str | None, str | None, int | None]]:
    """Read the JSON of each image in a shard, and hash the bytes that stand before it."""
    with path.open("rb") as file:
        file.seek(-min(len(_MARK), path.stat().st_size), 2)
        if file.read() != _MARK:
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
                message = f"{member.name} has {member.size:,} bytes, which no image has"
                raise tarfile.ReadError(message)
            if suffix != "json":
                stem, content = name, pl.Series([opened.read()], dtype=pl.Binary).hash().reinterpret(signed=True)[0]
            else:
                row = json.loads(opened.read())
                if not isinstance(row, dict):
                    message = f"{member.name} is no JSON object"
                    raise tarfile.ReadError(message)
                yield row.get("prompt_id"), row.get("prompt"), row.get("image_path"), content if stem == name else None

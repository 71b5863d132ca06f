"""Writes the images of a frame to a folder, tar or zip, atomically."""

from __future__ import annotations

import contextlib
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING, Literal

import polars as pl

from irdb_sql.core.atomic_write import unfinished_file, unfinished_folder
from irdb_sql.core.thread_pool import wait
from irdb_sql.images.errors import ImageError, NoImagesError
from irdb_sql.images.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from irdb_sql.images.store import ImageStore

_IMAGES_AT_ONCE = 64


def export(  # noqa: PLR0913 - all are named by the caller
    frame: pl.DataFrame,
    columns: Iterable[str],
    store: ImageStore,
    *,
    target: Path,
    on_error: Literal["raise", "skip"],
    allow_empty: bool,
    progress: Callable[[int, int], None],
) -> int:
    """Write each image of a frame once, under its image path.

    Args:
        frame: The frame with the paths.
        columns: Its columns of paths, text or lists of text.
        store: Reads the images.
        target: A file `.zip` or `.tar`, which is replaced; else a folder that is new or empty.
        on_error: `raise`, or `skip` images that cannot be read.
        allow_empty: Whether no image at all may be written.
        progress: Called with the number of finished images, and of all.

    Returns:
        The number of images that were written.

    Raises:
        ImageError: An image cannot be read, and `on_error` is `raise`.
        NoImagesError: There is no image to write, and `allow_empty` is false.
        TargetExistsError: The folder exists and is not empty.
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.
    """
    paths = _paths(frame, columns)
    done = written = 0
    progress(0, len(paths))
    with _open_target(target) as write_image:
        for begin in range(0, len(paths), _IMAGES_AT_ONCE):
            batch = paths[begin : begin + _IMAGES_AT_ONCE]
            for path, content in zip(batch, wait(store.read(batch)), strict=True):
                if not isinstance(content, Fault):
                    write_image(path, content)
                    written += 1
                elif on_error == "raise":
                    raise ImageError(path, content.place, content.status, content.reason)
            done += len(batch)
            progress(done, len(paths))
        if not written and not allow_empty:
            raise NoImagesError(len(paths))
    return written


def _paths(frame: pl.DataFrame, columns: Iterable[str]) -> list[str]:
    """List the distinct paths of a frame, row by row."""
    flat = [
        frame[name].explode(empty_as_null=False, keep_nulls=False) if isinstance(kind, pl.List) else frame[name]
        for name in columns
        for kind in [frame.schema[name]]
    ]
    rows = pl.concat([
        pl.DataFrame({"path": values.cast(pl.String)}).with_row_index("row").with_columns(column=pl.lit(number))
        for number, values in enumerate(flat)
    ])  # fmt: skip
    paths = rows.sort("row", "column")["path"].drop_nulls()
    return paths.unique(maintain_order=True).to_list()


@contextlib.contextmanager
def _open_target(target: Path) -> Iterator[Callable[[str, memoryview], object]]:
    """Yield a function that writes an image to the target."""
    if target.suffix.lower() == ".zip":
        with unfinished_file(target) as unfinished, zipfile.ZipFile(unfinished, "w") as archive:
            yield lambda path, content: archive.writestr(_zip_entry(path), content)
    elif target.suffix.lower() == ".tar":
        with unfinished_file(target) as unfinished, tarfile.open(unfinished, "w") as tar_archive:
            yield lambda path, content: tar_archive.addfile(_tar_entry(path, content), io.BytesIO(content))
    else:
        with unfinished_folder(target) as unfinished:
            yield lambda path, content: _write_file(unfinished / path, content)


def _zip_entry(path: str) -> zipfile.ZipInfo:
    """Make a zip entry without a time, for reproducible archives."""
    entry = zipfile.ZipInfo(path)
    entry.external_attr = 0o644 << 16
    return entry


def _tar_entry(path: str, content: memoryview) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path)
    entry.size = len(content)
    return entry


def _write_file(path: Path, content: memoryview) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)

"""Methods of the facade about the files and bytes of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from irdb_sql.core.schema import OnError
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.sources.local import PathLike


@overload
def with_images(
    self: ImageRewardDB,
    frame: pl.DataFrame,
    columns: str | Sequence[str] | Mapping[str, str] | None = None,
    *,
    on_error: OnError = "raise",
) -> pl.DataFrame: ...
@overload
def with_images(
    self: ImageRewardDB,
    frame: pl.LazyFrame,
    columns: str | Sequence[str] | Mapping[str, str] | None = None,
    *,
    on_error: OnError = "raise",
) -> pl.LazyFrame: ...
@overload
def with_images(
    self: ImageRewardDB,
    frame: pl.DataFrame | pl.LazyFrame,
    columns: str | Sequence[str] | Mapping[str, str] | None = None,
    *,
    on_error: OnError = "raise",
) -> pl.DataFrame | pl.LazyFrame: ...
def with_images(
    self: ImageRewardDB,
    frame: pl.DataFrame | pl.LazyFrame,
    columns: str | Sequence[str] | Mapping[str, str] | None = None,
    *,
    on_error: OnError = "raise",
) -> pl.DataFrame | pl.LazyFrame:
    """Add the bytes of the images that a frame names, a Binary column for each column of paths.

    A path is looked for as an unpacked file and in the zip of its folder, below the folder of the source or
    `images_root`; on a remote root in the zip first. What a zip holds is checked against its CRC-32. An image that
    several rows name is read once.

    A lazy frame reads when it is collected: no column that is not selected, and only the rows that come out.
    `filter`, `sort`, `head`, `slice`, `join`, `unique`, `with_columns` and the like that do not look at the bytes
    are done before anything is read, in any order; elsewhere, and where the frame is the right side of another
    frame's join, more may be read. It reads some 64 images at a time, so that `collect_batches` and sinks stay
    small in memory: its `sink_parquet` and `sink_ipc` write groups of 256 rows unless told otherwise.

    Args:
        frame: Holds image paths, as text or lists of text.
        columns: Names of the columns of paths, or a mapping of them to the names of new columns. None takes those
            of `image_path`, `better_path` and `worse_path` that are there. `better_path` makes `better_image`,
            other names likewise, and `image_path` makes `image`.
        on_error: What becomes of an image that is missing, empty or broken. `raise` names it; `null` puts NULL in
            its place; `skip` leaves its row out, and rows without a path: it has to look at every image, also
            where no column of bytes is selected.

    Raises:
        PathColumnError: There is no such column, it holds no text, or a new column's name is taken.
        ChoiceError: `on_error` is none of the three.
        ImageError: An image cannot be had, and `on_error` is `raise`; lazily, when it is collected.
        RemoteError: A server or remote filesystem fails, whatever `on_error` is.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     best = db.images(split="test").filter(rank=1).head(2)
        ...     db.with_images(best)["image"].bin.size().to_list()
        [678, 684]
    """
    return self._images.with_images(frame, columns, on_error)


def image_files(
    self: ImageRewardDB,
    *,
    verify: bool = False,
    decode: bool = False,
    journal: PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Return one row an image: where its file is, its size and CRC-32, and whether it is ok.

    Defined in `queries/files/image_files.sql`. Rows stand in the order of the source, of every image of the source.

    Args:
        verify: Read every image and check its CRC-32; otherwise directories of folders and zips tell all.
        decode: Verify, and decode every image.
        journal: A file that keeps what a verification has found; a run that finds it goes on from there. It stays.
        progress: Is told how many of how many images are verified.

    Raises:
        UnwritableError: The journal cannot be written.
        RemoteError: A server or remote filesystem fails.

    Example:
        >>> from irdb_sql import connect
        >>> with connect(split="test") as db:
        ...     db.image_files(decode=True)["status"].value_counts().rows()
        [('ok', 279)]
    """
    files = self._queries.frame("image_files")
    is_read = verify or decode
    return self._images.verify(files, decode=decode, journal=journal, progress=progress) if is_read else files


def export_images(
    self: ImageRewardDB,
    frame: pl.DataFrame,
    target: PathLike,
    columns: str | Sequence[str] | Mapping[str, str] | None = None,
    *,
    on_error: Literal["raise", "skip"] = "raise",
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the images that a frame names, each once and under its image path, and return how many they are.

    Args:
        frame: Holds image paths, as text or lists of text.
        target: A name that ends in `.zip` or `.tar`, which is replaced when all is written, or a folder that is new
            or empty. The same images make the same bytes.
        columns: The columns of paths; None takes `image_path`, `better_path` and `worse_path`.
        on_error: `raise` at an image that cannot be had, or `skip` it.
        progress: Is told how many of how many images are done.

    Raises:
        PathColumnError: There is no such column, or it holds no text.
        ChoiceError: `on_error` is neither of the two.
        ImageError: An image cannot be had, and `on_error` is `raise`; nothing is written.
        TargetExistsError: The folder is there and not empty.
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.

    Example:
        >>> import tempfile
        >>> from irdb_sql import connect
        >>> with connect() as db, tempfile.TemporaryDirectory() as folder:
        ...     db.export_images(db.query("widest_gaps", limit=3), folder + "/widest.zip")
        6
    """
    return self._images.export(frame, target, columns, on_error=on_error, progress=progress)


def refuse_target(self: ImageRewardDB, target: Path) -> None:
    """Raise a SourceTargetError if a file to be written is one of the data; commands ask before they write."""
    self._images.refuse_target(target)

"""Facade methods that read, list, verify and export image files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from irdb_sql.core.options import check_flags

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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
    """Add a Binary column of image bytes per column of paths.

    Images are looked up below the folder of the source or `images_root`: as an unpacked file, then in the zip of their
    folder, and on a remote root in the zip first. Zip members are checked against their CRC-32. An image that occurs in
    several rows is read once.

    A lazy frame reads images when it is collected, for selected columns and resulting rows only. `filter`, `sort`,
    `head`, `slice`, `join`, `unique`, `with_columns` and similar steps that do not use the bytes run before images are
    read, in any order; other steps, and a join with this frame on the right side, may read more. Some 64 images are
    read at a time, so that `collect_batches` and sinks need little memory: `sink_parquet` and `sink_ipc` write groups
    of 256 rows by default.

    Args:
        frame: The frame with image paths, as String or List(String).
        columns: Names of the columns of paths, or a mapping of them to the names of the new columns. None uses
            `image_path`, `better_path` and `worse_path` where they exist. The new column is called `image` for
            `image_path`, `better_image` for `better_path`, and so on.
        on_error: For an image that is missing, empty or broken: `raise` raises an ImageError, `null` makes the value
            NULL, and `skip` drops the row, as it does rows without a path. `skip` reads every image, even where no
            column of bytes is selected.

    Raises:
        PathColumnError: A column does not exist or holds no text, or the name of a new column already exists.
        ChoiceError: `on_error` is not `raise`, `null` or `skip`.
        ImageError: An image cannot be read and `on_error` is `raise`; of a lazy frame, when it is collected.
        RemoteError: A server or remote filesystem fails, with any `on_error`.

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
    measure: bool = False,
    journal: PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Return one row per image: file, bytes, CRC-32 and status.

    Defined in `queries/files/image_files.sql`. Rows are in the order of the source and include left-out images.

    Args:
        verify: Read every image and check its CRC-32; by default only the listings of folders and zips are read.
        decode: Verify and also decode every image.
        measure: Verify, decode and also measure every image, in columns of their own, NULL where it is not ok: `width`
            and `height` in pixels, `brightness` (mean luma, 0 to 1), `saturation` (mean of HSV, 0 to 1), `sharpness`
            (variance of the Laplacian of the luma, 0 to 255; NULL below 3 x 3 pixels) and `entropy` (of the luma, in
            bits, 0 to 8). Written as a Parquet file, they are what `connect(measures=…)` takes.
        journal: A file that records verified images; a later call with the same file continues from there.
        progress: Called with the number of verified images and the number of all images.

    Raises:
        UnwritableError: The journal cannot be written.
        RemoteError: A server or remote filesystem fails.

    Example:
        >>> from irdb_sql import connect
        >>> with connect(split="test") as db:
        ...     db.image_files(decode=True)["status"].value_counts().rows()
        [('ok', 279)]
        >>> with connect(split="test") as db:
        ...     db.image_files(measure=True).select("width", "height", "status").row(0)
        (64, 64, 'ok')
    """
    check_flags(verify=verify, decode=decode, measure=measure)
    files = self._queries.frame("image_files")
    if not (verify or decode or measure):
        return files
    return self._images.verify(files, decode=decode, measure=measure, journal=journal, progress=progress)


def export_images(
    self: ImageRewardDB,
    frame: pl.DataFrame,
    target: PathLike,
    columns: str | Sequence[str] | Mapping[str, str] | None = None,
    *,
    on_error: Literal["raise", "skip"] = "raise",
    allow_empty: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Copy the images of a frame and return their number.

    Args:
        frame: The frame with image paths, as String or List(String).
        target: A path that ends in `.zip` or `.tar`, which is written atomically, or a new or empty folder. Each image
            is written once, under its image path; the same images make the same bytes.
        columns: Names of the columns of paths; None uses `image_path`, `better_path` and `worse_path`.
        on_error: For an image that cannot be read: `raise` an ImageError, or `skip` it.
        allow_empty: Write the target also where there is no image to write.
        progress: Called with the number of written images and the number of all images.

    Raises:
        PathColumnError: A column does not exist or holds no text.
        ChoiceError: `on_error` is not `raise` or `skip`.
        ImageError: An image cannot be read and `on_error` is `raise`; nothing is written.
        NoImagesError: There is no image to write; nothing is written.
        TargetExistsError: The folder already exists and is not empty.
        UnwritableError: The disk is full, or the path cannot be written; nothing is left behind.

    Example:
        >>> import tempfile
        >>> from irdb_sql import connect
        >>> with connect() as db, tempfile.TemporaryDirectory() as folder:
        ...     db.export_images(db.query("widest_gaps", limit=3), folder + "/widest.zip")
        6
    """
    return self._images.export(frame, target, columns, on_error=on_error, allow_empty=allow_empty, progress=progress)

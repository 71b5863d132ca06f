"""The files and bytes of a dataset's images, for the facade."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice, check_flags, check_path, check_type
from irdb_sql.core.tasks import silent_progress
from irdb_sql.images.roots import open_root
from irdb_sql.sources.local import check_not_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from irdb_sql.core.schema import OnError
    from irdb_sql.images import cells, export, join, lazy, listing, verify
    from irdb_sql.images import store as stores
    from irdb_sql.images.cells import Cell
    from irdb_sql.sources.kinds.layout import ByteColumns
    from irdb_sql.sources.local import PathLike, Source
else:
    pl = late("polars")
    cells = late("irdb_sql.images.cells")
    export = late("irdb_sql.images.export")
    join = late("irdb_sql.images.join")
    lazy = late("irdb_sql.images.lazy")
    listing = late("irdb_sql.images.listing")
    stores = late("irdb_sql.images.store")
    verify = late("irdb_sql.images.verify")


class ImageReader:
    """Finds, reads, checks and exports the images of a source.

    Args:
        source: The source.
        images_root: The folder or URL below which image paths lie; None means that of the source.

    Attributes:
        root: The folder or URL below which image paths lie.
    """

    def __init__(self, source: Source, images_root: PathLike | None = None) -> None:
        source_root = source.folder if source.images_root is None else source.images_root
        self._source = source
        self.root = str(source_root if images_root is None else images_root)
        self._opened_root = open_root(self.root)
        self._folders: Callable[[], list[str]] | None = None
        self._store: stores.ImageStore | None = None
        self._lock = threading.Lock()

    @property
    def store(self) -> stores.ImageStore:
        """What reads images by their paths, made when it is first needed: most statements read no image."""
        with self._lock:
            if self._store is None:
                self._store = stores.ImageStore(self._opened_root)
                if self._folders is not None:
                    self._store.restrict_to(self._folders)
            return self._store

    def restrict_to(self, folders: Callable[[], list[str]]) -> None:
        """Read from some folders only, as `ImageStore.restrict_to` does."""
        self._folders = folders

    def read_columns(
        self, columns: Mapping[int, ByteColumns], find: Callable[[Sequence[str]], Mapping[str, Cell]]
    ) -> None:
        """Read the images whose bytes are in columns of Parquet files from there.

        Args:
            columns: The columns, by the number of their file.
            find: Returns the cells of those of some paths that are in a column.
        """
        self.store.read_cells_by(cells.CellReader(columns, find))

    def listing(self, folders: Callable[[], list[str]], interrupts: Callable[[], int]) -> listing.ListingStream:
        """Return the rows of the view `image_listing` as a lazy stream."""
        return listing.ListingStream(self.store, folders, interrupts)

    def check_target(self, target: Path) -> None:
        """Raise SourceTargetError if an output would overwrite a file of the data."""
        check_not_source(self._source, target, self.root)

    def with_images(
        self,
        frame: pl.DataFrame | pl.LazyFrame,
        columns: str | Sequence[str] | Mapping[str, str] | None = None,
        on_error: OnError = "raise",
    ) -> pl.DataFrame | pl.LazyFrame:
        """Add columns of image bytes to a frame of image paths."""
        check_type("frame", frame, (pl.DataFrame, pl.LazyFrame), "a frame of Polars")
        return lazy.with_images(frame, columns, self.store, on_error)

    def verify(
        self,
        files: pl.DataFrame,
        *,
        decode: bool = False,
        measure: bool = False,
        journal: PathLike | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> pl.DataFrame:
        """Read every image of rows of `image_files`, and return their status, and their measures if asked for."""
        return verify.verify(
            files,
            self.store,
            decode=decode,
            measure=measure,
            journal=None if journal is None else Path(journal),
            progress=progress or silent_progress,
        )

    def export(  # noqa: PLR0913 - all but three are named by the caller
        self,
        frame: pl.DataFrame,
        target: PathLike,
        columns: str | Sequence[str] | Mapping[str, str] | None = None,
        *,
        on_error: Literal["raise", "skip"] = "raise",
        allow_empty: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Write each image of a frame once, and return their number."""
        check_type("frame", frame, pl.DataFrame, "a frame of Polars that is not lazy")
        check_path("target", target)
        check_choice("on_error", on_error, ("raise", "skip"))
        check_flags(allow_empty=allow_empty)
        self.check_target(Path(target))
        return export.export(
            frame,
            join.image_columns(frame.schema, columns),
            self.store,
            target=Path(target),
            on_error=on_error,
            allow_empty=allow_empty,
            progress=progress or silent_progress,
        )

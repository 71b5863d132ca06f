"""Finds prompts and images that two exports, datasets or splits share."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.options import check_path
from irdb_sql.core.schema import SPLITS
from irdb_sql.exports.errors import AmbiguousPlaceError, EmptySideWarning, NoExportError
from irdb_sql.sources.kinds.registry import choose_kind
from irdb_sql.sources.open import open_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.protocol import QueryEngine
    from irdb_sql.engine.queries import NamedQueries
    from irdb_sql.exports import layout_keys, leaks
    from irdb_sql.sources.kinds.base import SourceKind
    from irdb_sql.sources.local import PathLike, Source
else:
    layout_keys = late("irdb_sql.exports.layout_keys")
    leaks = late("irdb_sql.exports.leaks")
    pl = late("polars")


class SplitComparison:
    """Compares exports, datasets of any layout, and splits of one database.

    Args:
        engine: Runs statements.
        queries: Named queries of the database.
        catalog: The views, macros and queries.
        source: The source of the database.
    """

    def __init__(self, engine: QueryEngine, queries: NamedQueries, catalog: SqlCatalog, source: Source) -> None:
        self._engine = engine
        self._queries = queries
        self._catalog = catalog
        self._source = source

    def leaks(
        self,
        a: PathLike,
        b: PathLike,
        layout: str | None = None,
        columns: str | Mapping[str, str] | None = None,
    ) -> pl.DataFrame:
        """Return the rows of the query `split_leaks` for two of them.

        Args:
            a: One side.
            b: The other side.
            layout: The layout of sides that are files with votes; None finds it out.
            columns: The columns of one's own labelled pairs, as `parse_columns` takes them.
        """
        kind = choose_kind(layout, columns)
        keys = [self._keys(place, kind).with_columns(side=pl.lit(side)) for side, place in (("a", a), ("b", b))]
        for place, rows in zip((a, b), keys, strict=True):
            if rows.is_empty():
                warnings.warn(EmptySideWarning(place), stacklevel=3)
        with self._engine.session() as session:
            session.shadow_view("compared_images", pl.concat(keys).select("side", pl.exclude("side")))
            return session.answer(self._catalog.queries["split_leaks"])

    def _keys(self, place: PathLike, layout: SourceKind | None) -> pl.DataFrame:
        """Return prompt_id, prompt, image_path and content_hash (of bytes) of each image."""
        check_path("a side of the comparison", place)
        path = Path(place).expanduser()
        if place in SPLITS:  # a Path of that name is a file
            if path.exists():
                raise AmbiguousPlaceError(str(place))
            images = self._queries.frame("images", {"split": place})
            return layout_keys.add_hashes(images.select("prompt_id", "prompt", "image_path"), self._source)
        if "://" in str(place):
            return layout_keys.layout_keys(open_source(place), self._catalog)
        if not str(place) or not os.path.exists(path):  # noqa: PTH110 - Path would raise an error for a long name
            raise NoExportError(place, "there is no such file or folder")
        is_published = any((path / f"metadata-{split}.parquet").is_file() for split in SPLITS)
        source = open_source(path) if is_published else layout_keys.find_layout(path, layout)
        return leaks.export_keys(path) if source is None else layout_keys.layout_keys(source, self._catalog)

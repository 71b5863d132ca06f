"""Starts an export for the facade: checks its options, prepares its queries, and writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.core.atomic_write import check_place, translate_write_errors
from irdb_sql.core.late import late
from irdb_sql.core.options import check_options, check_path
from irdb_sql.core.splits import split_names
from irdb_sql.core.tasks import silent_progress
from irdb_sql.exports.errors import NoRanksError
from irdb_sql.exports.formats import EXPORT_FORMATS, SUFFIXES
from irdb_sql.exports.options import ExportChoice, ExportOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import polars as pl

    from irdb_sql.core.selection import Selection
    from irdb_sql.engine.queries import NamedQueries
    from irdb_sql.exports import writer
    from irdb_sql.exports.writer import Manifest
    from irdb_sql.images.reader import ImageReader
    from irdb_sql.sources import provenance
    from irdb_sql.sources.local import PathLike, Source
else:
    provenance = late("irdb_sql.sources.provenance")
    writer = late("irdb_sql.exports.writer")


class Exporter:
    """Writes the data of one database in formats for training.

    Args:
        queries: Its named queries.
        images: Its images.
        source: What it reads.
        selection: The images it was opened with.
    """

    def __init__(self, queries: NamedQueries, images: ImageReader, source: Source, selection: Selection) -> None:
        self._queries = queries
        self._images = images
        self._source = source
        self._selection = selection

    def export(  # noqa: PLR0913 - all but three are named by the caller
        self,
        format: str,
        target: PathLike,
        options: ExportOptions,
        *,
        images_left_out: Callable[[], int],
        progress: Callable[[int, int], None] | None = None,
        command: str | None = None,
    ) -> Manifest:
        """Write an export and return its manifest.

        Args:
            format: The format.
            target: A file of one split, or a folder that is new or empty.
            options: What to export, and how.
            images_left_out: Counts the images that are left out of the database.
            progress: Called with the number of prompts that are written, and of all.
            command: The command for the manifest; None means the call in Python.
        """
        check_options(options, ExportOptions)
        choice = ExportChoice(format, **options)
        check_path("target", target)
        target = Path(target)
        writer.file_kind(format, target)
        check_place(target, SUFFIXES)
        for written in (target, writer.manifest_path(target)):
            with translate_write_errors(written):
                written.exists()
                self._images.check_target(written)
        query = EXPORT_FORMATS[format].query
        params = choice.params(choice.split)
        self._check_ranks(format, params)
        prompts = dict(row for rows in self._rows("exported_prompts", params) for row in rows.iter_rows())
        job = writer.ExportJob(
            choice,
            prompts or dict.fromkeys(split_names(choice.split or self._source.files[0].split or "test"), 0),
            self._queries.prepare_with(query, params).schema(),
            lambda split: self._rows(query, choice.params(split)),
            self._images.store,
            writer.Progress(progress or silent_progress, sum(prompts.values())),
        )
        about = {
            "format": format,
            "command": command or _call(format, options),
            "versions": provenance.versions(),
            "source": {
                "name": self._source.name,
                "revision": self._source.revision,
                "images": self._selection.images,
                "subset": self._selection.subset,
                "classifications": list(self._selection.classifications),
                "images_left_out": images_left_out(),
                "files": provenance.files_of(self._source, {}).to_dicts(),
            },
        }
        return writer.write_export(job, target, about)

    def _check_ranks(self, format: str, params: Mapping[str, object]) -> None:
        """Raise a NoRanksError if a format needs ranks and a prompt has votes instead."""
        if EXPORT_FORMATS[format].needs_ranks and self._source.audit_profile is not None:
            unranked = dict(row for rows in self._rows("unranked_prompts", params) for row in rows.iter_rows())
            if unranked:
                raise NoRanksError(format, unranked)

    def _rows(self, name: str, params: Mapping[str, object]) -> Iterator[pl.DataFrame]:
        """Yield the rows of a query as they come."""
        return (rows for rows in self._queries.prepare_with(name, params).batches() if rows is not None)


def _call(format: str, options: ExportOptions) -> str:
    """Write the call of the facade that makes an export."""
    return f"db.export({', '.join([repr(format), '…', *(f'{name}={value!r}' for name, value in options.items())])})"

"""The methods of the facade that hand the data to tools that train on it."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, cast

from irdb_sql.core.atomic_write import failures_of
from irdb_sql.core.schema import SPLITS, unseen
from irdb_sql.database.questions import Questions
from irdb_sql.exports.errors import AmbiguousPlaceError, NoExportError
from irdb_sql.exports.formats import EXPORT_FORMATS
from irdb_sql.scorers.options import refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import polars as pl

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.core.schema import Split
    from irdb_sql.engine.local import Engine
    from irdb_sql.engine.statement import Asked
    from irdb_sql.exports.options import ExportOptions
    from irdb_sql.exports.writer import Manifest
    from irdb_sql.images.store import ImageStore
    from irdb_sql.sources.local import PathLike, Source


class ExportMethods(Questions):
    """What writes the data in the shapes that trainers read."""

    _engine: Engine
    _sqlfiles: SqlFiles
    _store: ImageStore
    source: Source
    images_choice: str | None

    @abstractmethod
    def refuse_target(self, target: Path) -> None:
        """Raise a SourceTargetError if a file to be written is one of the data."""

    @abstractmethod
    def _images_of(self, place: PathLike) -> pl.DataFrame:
        """Return the images of another dataset."""

    def export(
        self,
        form: str,
        target: PathLike,
        *,
        progress: Callable[[int, int], None] | None = None,
        command: str | None = None,
        **options: Unpack[ExportOptions],
    ) -> Manifest:
        """Write the data in a shape that trainers read, at once and whole, and return the manifest.

        | format | a row | files |
        | --- | --- | --- |
        | `rows` | an image: image, prompt_id, prompt, classification, image_amount_in_total, rank, ratings | .parquet |
        | `groups` | a prompt: prompt_id, prompt, classification, and lists of image, rank, ratings | .parquet |
        | `pairs` | a strict pair: prompt_id, prompt, classification, img_better, img_worse | .parquet |
        | `preference` | a strict pair: prompt, chosen, rejected, prompt_id | .parquet |
        | `pickscore` | a pair: caption, jpg_0, jpg_1, label_0, label_1, and more for PickScore's trainer | .parquet |
        | `ranking` | a prompt: id, prompt, generations, ranking | .json |
        | `webdataset` | an image: its bytes, and beside them a JSON of its row | .tar |
        | `metadata` | an image, as published, without bytes | .parquet, .csv, .ndjson |

        Prompts stand as in the source, and no file ends amid a prompt. `datasets.load_dataset("parquet", data_files=…)`
        finds columns of images in the parquet files. The same data and options make the same bytes.

        Args:
            form: The format.
            target: A file of one split, whose suffix says its kind and beside which `….manifest.json` is written; or a
                folder, new or empty, that gets files for each split and `manifest.json`.
            progress: Is told how many prompts of how many are done.
            command: What the manifest says that it was made by; this call unless given.
            **options: `split` and `subset` choose as everywhere. `images=False` writes paths in the columns of images.
                `sample=0.1` takes the prompts whose draw (`queries/macros/prompt_draws.sql`) is below 0.1, `(0.9, 1)`
                those from 0.9: ranges that do not meet share no prompt and no text; `seed` makes other draws, and
                `stratified=True` spreads them evenly over classifications. For pairs, `min_rank_gap` is the smallest
                difference in rank, `per_prompt` how many to draw of a prompt at most, and `weights` adds a column
                `weight`: `"prompt"` gives every prompt the same, 1 over its number of pairs, `"pair"` every pair 1.
                `keep_ties` is for `pickscore`, which can tell them. Files in a folder grow to about `shard_bytes` each.

        Returns:
            What `manifest.json` holds: the command, the source and its files with their SHA-256, what was chosen, and
            of each file its rows, prompts, images (each counted once a prompt), bytes and SHA-256.

        Raises:
            ChoiceError, RangeError, UnusedOptionError, UnknownOptionError: An option is none that there is.
            ExportFileError: The format has no files of the kind that the name tells.
            SeveralSplitsError: One file would hold several splits.
            TargetExistsError: The folder is there and not empty.
            ImageError: An image cannot be had; connect with `images="ok"`, or the file of a verification.
            UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.

        Example:
            >>> import tempfile
            >>> from irdb_sql import connect
            >>> with connect() as db, tempfile.TemporaryDirectory() as folder:
            ...     made = db.export("pairs", f"{folder}/pairs.parquet", split="test", min_rank_gap=2)
            ...     [made["totals"][name] for name in ("rows", "prompts", "images")]
            [358, 48, 273]
        """
        from irdb_sql.exports import writer as exporting  # noqa: PLC0415 - needed by this only
        from irdb_sql.exports.options import ExportChoice, ExportOptions  # noqa: PLC0415 - as above
        from irdb_sql.sources import provenance  # noqa: PLC0415 - needed by this only

        refuse_unknown(options, ExportOptions)
        choice = ExportChoice(form, **options)
        target = Path(target)
        exporting.kind_of(form, target)
        for written in (target, exporting.manifest_of(target)):
            with failures_of(written):
                written.exists()
                self.refuse_target(written)
        query = EXPORT_FORMATS[form].query
        chosen = self._frames("exported_prompts", choice.params(choice.split))
        prompts = dict(row for frame in chosen for row in frame.iter_rows())
        work = exporting.Work(
            choice,
            prompts or {choice.split or self.source.files[0].split or "test": 0},
            self._schema(query, choice.params(choice.split)),
            lambda split: self._frames(query, choice.params(split)),
            self._store,
            exporting.Progress(progress or unseen, sum(prompts.values())),
        )
        files = provenance.files_of(self.source, {}).to_dicts()
        return exporting.write_export(
            work, target, {
                "format": form,
                "command": command or _call(form, options),
                "versions": provenance.versions(),
                "source": {
                    "name": self.source.name,
                    "revision": self.source.revision,
                    "images": self.images_choice,
                    "images_left_out": self._engine.rows("left_out_images").height,
                    "files": files,
                },
            },
        )  # fmt: skip

    def check_split(self, a: PathLike, b: PathLike) -> pl.DataFrame:
        """Return what two exports or splits share: prompt ids, normal texts, images, and images' bytes.

        Defined in `queries/macros/split_leaks.sql`. Rows are in the order of leak and shared_value; no row means that
        nothing which both tell is shared. Bytes are compared where both are exports that hold them.

        Args:
            a: A file or folder of an export in any format, a dataset as `connect` takes it, or `train`, `validation`
                or `test` of this one.
            b: Another one.

        Raises:
            NoExportError: One is none of these.
            AmbiguousPlaceError: One is a split, and there is a file or folder of that name.
            FileError: A file cannot be read.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.check_split("train", "test").height
            0
        """
        import polars as pl  # noqa: PLC0415 - who only opens a database need not wait for it

        sides = [self._keys(place).with_columns(side=pl.lit(side)) for side, place in (("a", a), ("b", b))]
        with self._engine.session() as session:
            session.lend("split_keys", pl.concat(sides).select("side", pl.exclude("side")))
            return session.frame(self._sqlfiles.queries["split_leaks"].text)

    def _keys(self, place: PathLike) -> pl.DataFrame:
        import polars as pl  # noqa: PLC0415 - as above

        from irdb_sql.exports.leaks import KEYS, export_keys  # noqa: PLC0415 - needed by this only

        path = Path(place).expanduser()
        if place in SPLITS:  # a Path is none
            if path.exists():
                raise AmbiguousPlaceError(str(place))
            images = self.images(split=cast("Split", place))
        elif "://" in str(place):
            images = self._images_of(place)
        elif not str(place) or not path.exists():
            raise NoExportError(place, "there is no such file or folder")
        elif any((path / f"metadata-{split}.parquet").is_file() for split in SPLITS):
            images = self._images_of(path)
        else:
            return export_keys(path)
        return images.select("prompt_id", "prompt", "image_path", content=pl.lit(None, KEYS["content"]))

    def _chosen(self, name: str, params: Mapping[str, object]) -> Asked:
        """Ask a query with those of the parameters that it takes."""
        taken = self._sqlfiles.queries[name].params
        return self._question(name, {param: value for param, value in params.items() if param in taken})

    def _schema(self, name: str, params: Mapping[str, object]) -> pl.Schema:
        asked = self._chosen(name, params)
        return self._engine.schema(asked.text, asked.params)[0]

    def _frames(self, name: str, params: Mapping[str, object]) -> Iterator[pl.DataFrame]:
        """Yield the rows of a query as they come."""
        from irdb_sql.engine.frames import checked_frame, frame_of_rows  # noqa: PLC0415 - needed by exports only

        asked = self._chosen(name, params)
        for batch in self._engine.batches(asked.text, asked.params, None, None):
            if batch is not None:
                yield checked_frame(frame_of_rows(batch))


def _call(form: str, options: ExportOptions) -> str:
    return f"db.export({', '.join([repr(form), '…', *(f'{name}={value!r}' for name, value in options.items())])})"

"""The facade: every question about a dataset, as a Polars frame."""

from __future__ import annotations

import threading
import warnings
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, Unpack, cast, overload

from irdb_sql.core import catalog as sqlfiles
from irdb_sql.core.tasks import Task
from irdb_sql.database.exports import ExportMethods
from irdb_sql.database.generators import GeneratorMethods
from irdb_sql.database.images import ImageMethods
from irdb_sql.database.queries import NamedQueries
from irdb_sql.database.scorers import ScorerMethods
from irdb_sql.database.tables import TableMethods
from irdb_sql.engine.errors import LazyIsolationError, QueryError, RowsCutWarning
from irdb_sql.engine.limits import LimitOptions, Limits
from irdb_sql.engine.local import Engine
from irdb_sql.engine.parameters import own
from irdb_sql.engine.statement import Asked
from irdb_sql.images.roots import open_root
from irdb_sql.images.store import ImageStore
from irdb_sql.scorers.options import ScoreOptions, refuse_unknown, score_files
from irdb_sql.sources.errors import BrokenFileError
from irdb_sql.sources.local import EMBEDDED, Source, find_source, find_verification, literal_path, placed_files
from irdb_sql.sources.remote import find_remote_source, is_remote
from irdb_sql.sources.sample.dataset import embedded_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from irdb_sql.core.schema import OnError
    from irdb_sql.database.questions import Frame
    from irdb_sql.engine.parameters import Params
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import PathLike


class ConnectOptions(ScoreOptions, LimitOptions, total=False):
    """How to take scores, and what a statement may take."""


class ImageRewardDB(NamedQueries, ImageMethods, ScorerMethods, GeneratorMethods, ExportMethods, TableMethods):
    """A dataset whose questions are answered as Polars frames; `connect` opens one.

    Every method that returns a frame takes `lazy=True` for a `pl.LazyFrame`, which runs when it is collected and reads
    only the columns and leading rows that the plan needs. A method named like a file of `queries/` runs that query: its
    columns, their meaning and the order of its rows stand there, and `irdb show NAME` prints them. Any number of
    threads may ask at the same time. Ctrl-C stops what runs.

    Args:
        source: What to read.
        images_root: The folder or URL below which image paths lie; the source's own unless given.
        images: `ok`, or the path of a verification, to leave other images out.
        scores: Scores to see instead of the baselines'.
        trusted: Whether `sql` may run any statement.
        **options: How to take scores, and limits.
    """

    def __init__(
        self,
        source: Source,
        *,
        images_root: PathLike | None = None,
        images: PathLike | None = None,
        scores: Scores | None = None,
        trusted: bool = False,
        **options: Unpack[ConnectOptions],
    ) -> None:
        threading.Thread(target=_load_frames, daemon=True).start()
        refuse_unknown(options, ConnectOptions)
        self._score_options = cast("ScoreOptions", _chosen(options, ScoreOptions))
        self._limits = Limits(**cast("LimitOptions", _chosen(options, LimitOptions)))
        verified = None if images is None or images == "ok" else find_verification(images)
        self.source = source
        self._sqlfiles = sqlfiles.load()
        own_root = source.folder if source.images_root is None else source.images_root
        self._images_root = str(own_root if images_root is None else images_root)
        self._store = ImageStore(open_root(self._images_root))
        store = self._store
        self._tables = {}
        self._engine = Engine(source, self._sqlfiles, partial(_listing, store), self._limits)
        self._files = placed_files(source.files, self._engine.first_rows)
        self.has_scores = scores is not None
        self.score_files = score_files(scores)
        self.images_choice = None if images is None else str(images)
        try:
            if images is not None:
                self._leave_bad_images_out(verified)
            if scores is not None:
                self._keep_scores(scores)
            self._engine.guard(source, trusted=trusted)
            if not trusted:
                self._store.keep_to(self._engine.image_folders)
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        files = ", ".join(file.path.name for file in self.source.files)
        more = "".join(f"; table {name} of {rows:,} rows" for name, rows in sorted(self._tables.items()))
        scores = "; scores" if self.has_scores else ""
        return f"<ImageRewardDB {self.source.name}: {files}{scores}{more}{'' if self._engine.is_safe else '; trusted'}>"

    def _leave_bad_images_out(self, verified: Path | None) -> None:
        try:
            if verified is None:
                self._engine.leave_out("bad_images", [])
            else:
                self._engine.leave_out("unverified_images", [literal_path(verified)])
        except QueryError as error:
            if verified is None:
                raise
            raise BrokenFileError(verified, "verification, a parquet file of irdb verify", error.sentence) from error
        name = "only images whose file is ok" if verified is None else "only verified images"
        self.source = replace(self.source, name=f"{self.source.name}, {name}")

    def _groups_of(self, files: PathLike | Sequence[PathLike]) -> pl.DataFrame:
        with ImageRewardDB(found_source(files)) as other:
            return other.groups()

    def _images_of(self, place: PathLike) -> pl.DataFrame:
        with ImageRewardDB(found_source(place)) as other:
            return other.images()

    def close(self) -> None:
        """Let go of files and memory; asking afterwards raises ClosedError."""
        self._engine.close()

    @overload
    def sql(
        self, text: str, params: Params = None, *, lazy: Literal[False] = False, isolated: bool = False
    ) -> pl.DataFrame: ...
    @overload
    def sql(self, text: str, params: Params = None, *, lazy: Literal[True]) -> pl.LazyFrame: ...
    @overload
    def sql(self, text: str, params: Params = None, *, lazy: bool, isolated: bool = False) -> Frame: ...
    def sql(self, text: str, params: Params = None, *, lazy: bool = False, isolated: bool = False) -> Frame:
        """Answer one SQL statement over the views and macros.

        Args:
            text: A statement that reads: SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE or SHOW.
            params: Values for `$name` (a mapping) or `?` (a sequence) in the text.
            lazy: Return a lazy frame.
            isolated: Run the statement in a process of its own, for strangers' SQL: it is killed after `timeout` (30
                seconds unless told) and can take `memory_limit` (2 GB unless told), whatever it does. Starting the
                process takes some 0.3 s. On Linux, and not lazily.

        Returns:
            The rows, in the order of the text's ORDER BY, else in no order that is promised.

        Raises:
            StatementError: The text is not one statement that reads.
            QueryError: The engine refuses it or fails; the engine's own text is kept.
            TimeLimitError: It takes longer than it may.
            IsolationError: A process of its own ended without an answer.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.sql("SELECT count(*) AS n FROM preference_pairs(in_split := $split)", {"split": "test"}).item()
            651
        """
        if not isinstance(cast("object", text), str):
            message = f"a statement is text, not {type(text).__name__}"
            raise TypeError(message)
        if isolated:
            if lazy:
                raise LazyIsolationError
            return self._cut(self._isolated(text, own(params)))
        if lazy:
            return self._answer(Asked(self._engine.checked(text), params, self._limits.max_rows), lazy=True)
        return self._cut(self.answer_checked(text, own(params)))

    def _cut(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return no more rows than there may be, and warn where there are more."""
        most = self._limits.max_rows
        if most is None or rows.height <= most:
            return rows
        warnings.warn(RowsCutWarning(most), stacklevel=3)
        return rows.head(most)

    def _isolated(self, text: str, params: Params) -> pl.DataFrame:
        from irdb_sql.engine import isolation  # noqa: PLC0415 - needed by few statements

        self._engine.refuse_closed()
        views, tables = self._additions()
        task = isolation.IsolatedTask(self.source, self._images_root, views, tables, text, params, self._limits)
        return isolation.answer(task)

    def adopt(self, views: Mapping[str, pl.DataFrame], tables: Mapping[str, pl.DataFrame]) -> None:
        """Take over what another database has besides its source; a process of its own does so."""
        for name, rows in views.items():
            self._engine.keep(name, rows)
        for name, rows in tables.items():
            self._engine.register(name, rows)

    def answer_checked(self, text: str, params: Params) -> pl.DataFrame:
        """Return the rows of a statement, one more than there may be where there are more; `sql` cuts it off."""
        most = self._limits.max_rows
        return self._engine.frame(self._engine.checked(text), params, None if most is None else most + 1)

    @overload
    def query(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        lazy: Literal[False] = False,
        images: bool = False,
        on_error: OnError = "raise",
        **more: object,
    ) -> pl.DataFrame: ...
    @overload
    def query(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        lazy: Literal[True],
        images: bool = False,
        on_error: OnError = "raise",
        **more: object,
    ) -> pl.LazyFrame: ...
    @overload
    def query(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        lazy: bool,
        images: bool = False,
        on_error: OnError = "raise",
        **more: object,
    ) -> Frame: ...
    def query(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        lazy: bool = False,
        images: bool = False,
        on_error: OnError = "raise",
        **more: object,
    ) -> Frame:
        """Answer a named query, a question with a file of its own in `queries/`.

        Args:
            name: Its name; `catalog` lists them.
            params: Its parameters by name; one that is left out, or None, restricts nothing.
            lazy: Return a lazy frame.
            images: Add the bytes of the images that its columns of paths name, as `with_images` does.
            on_error: What becomes of an image that cannot be had: `raise`, `null` or `skip`.
            **more: Further parameters.

        Returns:
            The rows, in the total order that the query states.

        Raises:
            UnknownNameError: No query has this name.
            UnknownParameterError: The query does not take one of the parameters.
            UnknownSplitError: `split` is none of the published ones.
            UnknownSubsetError: `subset` is none of the published ones.
            ParameterValueError: A value does not fit its parameter.
            PathColumnError: Bytes are asked for, and no column holds image paths.
            ImageError: An image cannot be had, and `on_error` is `raise`.

        Example:
            >>> from irdb_sql import connect
            >>> with connect() as db:
            ...     db.query("rank_gaps", split="test").select("rank_gap", "pairs").rows()
            [(0, 85), (1, 293), (2, 210), (3, 111), (4, 37)]
        """
        asked = self._question(name, {**(params or {}), **more})
        try:
            answer = self._pairs(asked, lazy=lazy) if name == "pairs" else self._answer(asked, lazy=lazy)
            return self.with_images(answer, on_error=on_error) if images else answer
        except QueryError as error:
            if asked.blame is None or (told := asked.blame(error)) is error:
                raise
            raise told from error

    def _pairs(self, asked: Asked, *, lazy: bool) -> Frame:
        """Answer the query `pairs`: expand files that are as published, where that is sure to be the same, or ask."""
        import polars as pl  # noqa: PLC0415 - as in _load_frames

        from irdb_sql.engine.errors import NotPublishedError  # noqa: PLC0415 - as above
        from irdb_sql.pairs.expand import MEMORY, SCHEMA, chosen_pairs, expanded_pairs  # noqa: PLC0415 - as above

        choice, limits = chosen_pairs(asked.params), self._limits
        is_limited = limits.timeout is not None or limits.threads is not None or (limits.bytes() or MEMORY) < MEMORY
        if choice is None or is_limited or not self._engine.shows_source:
            return self._answer(asked, lazy=lazy)
        stopped = threading.Event()

        def expand(columns: Sequence[str] | None = None, *, whole: bool = False) -> Iterator[pl.DataFrame]:
            self._engine.refuse_closed()
            for frame in expanded_pairs(self._files, choice, columns, whole=whole):
                if stopped.is_set():
                    return
                yield frame
                self._engine.refuse_closed()

        if lazy:
            return self._answer(replace(asked, sooner=(SCHEMA, expand)), lazy=True)
        try:
            # Beside the main thread, in which Polars reports Ctrl-C a second time.
            return (
                Task(lambda: pl.concat([pl.DataFrame(schema=SCHEMA), *expand(whole=True)], rechunk=False), stopped.set)
                .start()
                .result()
            )
        except NotPublishedError:
            return self._answer(asked, lazy=False)

    def _answer(self, asked: Asked, *, lazy: bool) -> Frame:
        asked = replace(asked, params=own(asked.params))
        if not lazy:
            return self._engine.frame(asked.text, asked.params)
        from irdb_sql.engine.lazy import scan  # noqa: PLC0415 - as in _load_frames

        return scan(self._engine, asked)


def found_source(source: PathLike | Sequence[PathLike] | None, split: str | None = None) -> Source:
    """Find the files of a source: on this machine, behind a URL, or of the embedded sample, which None is."""
    if source is None:
        return replace(find_source(embedded_sample(), split), name=EMBEDDED)
    return find_remote_source(source, split) if is_remote(source) else find_source(source, split)


def _load_frames() -> None:
    """Import Polars while the engine opens a source, which takes about as long."""
    import polars as pl  # noqa: F401, PLC0415


def _listing(store: ImageStore, folders: Callable[[], list[str]], interrupts: Callable[[], int]) -> object:
    from irdb_sql.images.listing import ListingStream  # noqa: PLC0415 - needed by few statements

    return ListingStream(store, folders, interrupts)


def _chosen(options: Mapping[str, object], kind: type) -> dict[str, object]:
    return {name: value for name, value in options.items() if name in kind.__annotations__}

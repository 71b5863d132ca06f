"""How a database was opened, as the options of a command that opens it again, and what else commands need of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irdb_sql.core.splits import join_splits
from irdb_sql.errors import without_secrets
from irdb_sql.scorers.options import BASELINES, is_score_file, named_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.engine.limits import Limits
    from irdb_sql.engine.parameters import Params
    from irdb_sql.engine.screen.rows import TextRows


@dataclass(frozen=True)
class Opening:
    """The arguments of `connect` that say which data a database has, as they were given.

    Attributes:
        source: The places of the data; None for the embedded sample.
        split: The splits that were opened, or that the rows of files are of.
        images_root: Where image paths begin.
        images: `ok`, the path of a file of `irdb verify`, or None for all images.
        queries: The folder of further queries.
        scores: The scores.
        missing: What was done with scores that cannot be used.
        ranking_file: The file whose order the rewards of a score file follow.
        subset: The published subset; None for all images.
        classifications: The classifications; empty for all.
        layout: The layout of the files; None where it was found out.
        columns: The columns of labelled pairs.
        measures: The path of a file of measures of images.
    """

    source: object = None
    split: object = None
    images_root: object = None
    images: object = None
    queries: object = None
    scores: object = None
    missing: str | None = None
    ranking_file: object = None
    subset: str | None = None
    classifications: tuple[str, ...] = ()
    layout: str | None = None
    columns: str | Mapping[str, str] | None = None
    measures: object = None

    def data_options(self) -> dict[str, object]:
        """Return the options that name the data, by their names, without secrets of URLs."""
        places = self.source if isinstance(self.source, list | tuple) else [] if self.source is None else [self.source]
        return {
            "data": [_shown(place) for place in places],
            "split": join_splits(self.split),
            "images-root": _shown(self.images_root),
            "images": _shown(self.images),
            "measures": _shown(self.measures),
            "subset": self.subset,
            "classification": list(self.classifications),
            "layout": self.layout,
            "columns": self.columns
            if self.columns is None or isinstance(self.columns, str)
            else ",".join(f"{role}={name}" for role, name in self.columns.items()),
            "queries": _shown(self.queries),
        }

    def score_options(self) -> dict[str, object]:
        """Return the options of scores but for their files, by their names."""
        if self.scores is None:
            return {}
        return {"missing": None if self.missing == "error" else self.missing, "ranking-file": _shown(self.ranking_file)}

    def score_files(self) -> list[str] | None:
        """Return the scores as FILE or NAME=FILE, or None if some are in no file."""
        sources = [] if self.scores is None else list(named_sources(self.scores))
        if not all(is_score_file(source) or (isinstance(source, str) and source == BASELINES) for _, source in sources):
            return None
        return [f"{name}={_shown(source)}" if name else str(_shown(source)) for name, source in sources]


def _shown(place: object) -> str | None:
    return (
        None if place is None else without_secrets(os.fspath(place) if isinstance(place, os.PathLike) else str(place))
    )


@dataclass(frozen=True)
class Details:
    """What commands and reports need of an open database, beside its public methods.

    Attributes:
        opening: The arguments of `connect` that name data, for commands that ask the same data again.
        score_files: The files among the scores of `connect`, by name.
        sql_files: The views, macros and queries, with what their headers say.
        check_target: Raises a SourceTargetError if an output is a file of the source.
        find_texts: Returns the rows of a statement as texts, from its text, its parameters and the number of rows that
            there may be; None where they need a frame.
        run_isolated: Returns the rows of a statement from a separate process, from its text, its parameters, limits,
            what is called with a function that ends the process, and the bytes that they may have.
    """

    opening: Opening
    score_files: Mapping[str, Path]
    sql_files: SqlCatalog
    check_target: Callable[[Path], None]
    find_texts: Callable[[str, Params, int | None], TextRows | None]
    run_isolated: Callable[[str, Params, Limits, Callable[[Callable[[], None]], None], int], pl.DataFrame]


def details_of(db: ImageRewardDB) -> Details:
    """Return what commands and reports need of an open database."""
    return db._details  # noqa: SLF001 - so that it is no name that users see

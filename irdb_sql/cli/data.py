"""The options that name data, opening its database, and protecting input files."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.completion import WordType
from irdb_sql.cli.errors import LEAST_ADDRESS_SPACE, MemoryLimitError
from irdb_sql.cli.limits import pop_limits
from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import waiting_indicator
from irdb_sql.core.late import late
from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.sources.kinds import layout_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from irdb_sql.core import catalog
    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.database import connect as connecting
    from irdb_sql.database import opening
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.engine import preloading
    from irdb_sql.sources import errors as source_errors
else:
    catalog = late("irdb_sql.core.catalog")
    preloading = late("irdb_sql.engine.preloading")
    connecting = late("irdb_sql.database.connect")
    opening = late("irdb_sql.database.opening")
    source_errors = late("irdb_sql.sources.errors")

_LAYOUTS = layout_names()

subset_option = click.option("--subset", type=click.Choice(SUBSETS), help="Only that published subset.")
"""The option --subset with a choice that click checks."""

_SMALLER, _LARGEST = ", ".join([*SUBSETS][:-1]), [*SUBSETS][-1]
subset_name_option = click.option(
    "--subset", type=WordType(SUBSETS), metavar="NAME", help=f"{_SMALLER} or {_LARGEST}: only that published subset."
)
"""The option --subset with a name that evaluations and reports check."""


select_subset_option = click.option(
    "--subset",
    type=WordType(SUBSETS),
    metavar="NAME",
    expose_value=False,
    callback=lambda context, _option, name: context.meta.update({_SUBSET: name}),
    help=f"{_SMALLER} or {_LARGEST}: only that published subset.",
)
"""The option --subset of commands that ask about any part of the data, which is opened without the rest."""

_SUBSET = "irdb_sql.subset"


def data_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of data to a command, as dict `data`."""

    @click.option(
        "--data",
        "source",
        multiple=True,
        metavar="SOURCE",
        help="Published folder or its URL, parquet file, ranking file (.json), or file or folder of another layout; "
        "several files make one dataset. Default: $IRDB_DATA, else the embedded synthetic sample.",
    )
    @click.option(
        "--layout",
        type=WordType(_LAYOUTS),
        metavar="NAME",
        help=f"What the files of --data are: {', '.join(_LAYOUTS[:-1])} or {_LAYOUTS[-1]}. Default: found out.",
    )
    @click.option(
        "--columns",
        metavar="MAP",
        help="Columns of your own labelled pairs, as in prompt=caption,first=img_a,second=img_b,label=choice.",
    )
    @click.option(
        "--split",
        type=WordType(SPLITS),
        metavar="NAME",
        help="train, validation or test: the one split of a folder to open, or the split of a file's rows.",
    )
    @click.option(
        "--images-root",
        metavar="PLACE",
        help="Folder or URL below which image paths lie, unpacked or in zips. Default: that of the data.",
    )
    @click.option(
        "--images",
        metavar="ok|FILE",
        help="Use only images with status ok, by listings of folders and zips (ok) or by a FILE of irdb verify.",
    )
    @click.option(
        "--measures",
        metavar="FILE",
        help="Measures of images, a FILE of irdb verify --measure, for the view image_measures and score_confounds.",
    )
    @click.option(
        "--classification",
        multiple=True,
        metavar="NAME",
        help="Only images of that classification, such as People; may be given several times.",
    )
    @click.option(
        "--queries",
        metavar="PLACE",
        help="Folder of SQL files of your own, or one: queries, macros and views beside those of irdb.",
    )
    @functools.wraps(command)
    def with_data(*, source: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - the command checks the others
        if "" in source:
            message = "--data is empty."
            raise click.UsageError(message)
        sources = source if len(source) > 1 else source[0] if source else os.environ.get("IRDB_DATA") or None
        data = {"source": sources} | {name: options.pop(name) for name in _DATA_OPTIONS}
        command(data=data, **options)

    return with_data


_DATA_OPTIONS = ("split", "images_root", "images", "measures", "classification", "queries", "layout", "columns")


def takes_database(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of data, and pass the open database."""
    return _with_database(command, is_asked=True)


def takes_database_for_names(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of data, and pass the open database to a command that asks nothing about its rows."""
    return _with_database(command, is_asked=False)


def _with_database(command: Callable[..., None], *, is_asked: bool) -> Callable[..., None]:
    @data_options
    @functools.wraps(command)
    def with_database(*, data: dict[str, Any], **options: object) -> None:
        with open_database(data, is_asked=is_asked, **pop_limits(options)) as db:
            command(db, **options)

    return with_database


def open_database(data: dict[str, Any], *, is_asked: bool = True, **options: Any) -> ImageRewardDB:  # noqa: ANN401 - connect() checks them
    """Open the database that options name.

    Args:
        data: As `data_options` passes it on.
        is_asked: Whether the answer is about rows, so that a note says when these are of the sample.
        **options: Further arguments of `connect`.
    """
    _check_address_space()
    if data["source"] is None and is_asked:
        note("note: no --data given; this is the embedded sample, which is synthetic")
    if not click.get_current_context().meta.get(_NEEDS_NO_FRAME):
        preloading.preload("polars")
    with waiting_indicator():
        subset = click.get_current_context().meta.get(_SUBSET)
        db: ImageRewardDB = connecting.connect(**data, subset=subset, **options)
    details = opening.details_of(db)
    protect_files(details.score_files.values())
    images = None if data["images"] == "ok" else data["images"]  # which is a word, and no file
    protect_files(Path(path) for path in (images, data["measures"], data["queries"]) if path is not None)
    click.get_current_context().meta.update({_CHECK: details.check_target, _SQL_FILES: details.sql_files})
    return db


def _check_address_space() -> None:
    """Raise an error if the system's limit is too small for the libraries, which would abort the process."""
    with contextlib.suppress(ImportError):  # there are no such limits on Windows
        resource = importlib.import_module("resource")
        allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
        if allowed != resource.RLIM_INFINITY and allowed < LEAST_ADDRESS_SPACE:
            raise MemoryLimitError(allowed)


def expect_no_frame() -> None:
    """Say that this command may answer without a frame, so that Polars is not imported before it is needed."""
    click.get_current_context().meta[_NEEDS_NO_FRAME] = True


_NEEDS_NO_FRAME = "irdb_sql.needs_no_frame"
_CHECK = "irdb_sql.check_target"
_SQL_FILES = "irdb_sql.sql_files"


def sql_files() -> SqlCatalog:
    """Return the views, macros and queries of the open database, or those of the package."""
    return click.get_current_context().meta.get(_SQL_FILES) or catalog.load()


def protect_files(paths: Iterable[Path]) -> None:
    """Protect input files, and those in input folders, from being overwritten by this command's output."""
    click.get_current_context().meta.setdefault(_INPUTS, set()).update(Path(os.path.realpath(path)) for path in paths)


_INPUTS = "irdb_sql.inputs"


def check_target(output: Path) -> None:
    """Raise an error if an output is an input file.

    Raises:
        SourceTargetError: The command reads it.
    """
    meta, target = click.get_current_context().meta, output.resolve()
    for path in meta.get(_INPUTS, ()):
        if target == path or (path.is_dir() and any(target == inside.resolve() for inside in path.rglob("*"))):
            raise source_errors.SourceTargetError(output)
    if (check := meta.get(_CHECK)) is not None:
        check(output)

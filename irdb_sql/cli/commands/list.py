"""The command `irdb list`: lists views, macros and queries."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import TEXT_FORMATS, choose_format, format_option, output_option, write_frame
from irdb_sql.cli.data import takes_database_for_names
from irdb_sql.cli.notes import note
from irdb_sql.core.late import late
from irdb_sql.errors import ChoiceError, suggest_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from irdb_sql.core import catalog
    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.database import opening
    from irdb_sql.database.facade import ImageRewardDB
else:
    pl = late("polars")
    catalog = late("irdb_sql.core.catalog")
    opening = late("irdb_sql.database.opening")

_KINDS = ("view", "macro", "query")


@click.command("list")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--kind", type=click.Choice(_KINDS), help="Only views, macros or queries.")
@click.option("--topic", metavar="NAME", help="Only those of a topic; without any option, a note lists all topics.")
@click.option("--all", "is_all", is_flag=True, help="All, and not only those to start with.")
@format_option()
@output_option
@takes_database_for_names
def command(  # noqa: PLR0913 - one parameter per option
    db: ImageRewardDB,
    *,
    words: tuple[str, ...],
    kind: str | None,
    topic: str | None,
    is_all: bool,
    format: str | None,
    output: Path | None,
) -> None:
    """List views, macros and queries: those with every WORD in their names, then those with them in summaries.

    If there are none, those with every WORD in columns, parameters or notes. Without WORD or option, a table
    has those to start with, and other formats have all.

    \b
    irdb list
    irdb list rating --kind query
    irdb list --topic audit
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    format = choose_format(format, output)
    files = opening.details_of(db).sql_files.all()
    topics = Counter(file.topic for file in files)
    if topic is not None and topic not in topics:
        raise ChoiceError("--topic", topic, sorted(topics))
    is_start = not (words or kind or topic or is_all) and format in TEXT_FORMATS
    listed = [
        file
        for file in files
        if kind in (None, file.kind) and topic in (None, file.topic) and (file.is_start or not is_start)
    ]
    of_words = (
        [file for file in listed if all(word.lower() in describe(file) for word in words)]
        for describe in (_name_and_summary, _described)
    )
    listed = next(filter(None, of_words), [])
    if words:
        listed.sort(key=lambda file: not all(word.lower() in file.name for word in words))
    write_frame(_frame(listed), format, output)
    if is_start:
        described = ", ".join(f"{name} ({count})" for name, count in sorted(topics.items()))
        note(f"note: these are to start with; irdb list WORD, --topic or --all list more; topics: {described}")
    elif not listed:
        hint = suggest_name(words[0], {file.name for file in files}) if words else ""
        note(f"note: nothing matches{f'; {hint}' if hint else ''}")


def _frame(files: Sequence[SqlFile]) -> pl.DataFrame:
    rows = [(file.kind, file.name, file.summary) for file in files]
    return pl.DataFrame(rows, schema=dict.fromkeys(("kind", "name", "summary"), pl.String), orient="row")


def _name_and_summary(file: SqlFile) -> str:
    """Return the text in which words are looked for first, which is what the list shows."""
    return f"{file.name}\n{file.summary}".lower()


def _described(file: SqlFile) -> str:
    """Return the text in which words are looked for that are in no name or summary."""
    described = [file.name, file.topic, file.summary, file.notes, *file.params, *file.params.values(), *file.returns]
    return "\n".join(described).lower()

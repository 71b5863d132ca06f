"""Writes the reference of SQL from the headers of `queries/`: a page per topic, and one that lists all names."""

from __future__ import annotations

from collections import defaultdict
from itertools import zip_longest
from typing import TYPE_CHECKING

from irdb_sql.core import catalog
from irdb_sql.manual.markdown import escape, page, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irdb_sql.core.catalog import Kind, SqlCatalog, SqlFile

_HEADINGS: dict[Kind, str] = {"view": "Views", "macro": "Macros", "query": "Queries"}


def sql_pages() -> dict[str, str]:
    """Return the pages by their paths below the folder of the reference."""
    files = catalog.load()
    topics: dict[str, list[SqlFile]] = defaultdict(list)
    for file in files.all():
        topics[file.topic].append(file)
    pages = {f"sql/{topic}.md": _topic_page(topic, topics[topic], files) for topic in sorted(topics)}
    return {"sql.md": _index_page(files, topics), **pages}


def _index_page(files: SqlCatalog, topics: dict[str, list[SqlFile]]) -> str:
    start = [file for file in files.all() if file.is_start]
    return page(
        "# Views, macros and queries",
        "Every name that SQL knows, by topic. `irdb show NAME` prints the same with its SQL, and `irdb list WORD` "
        "looks for a word. Read a view with `FROM images`, call a macro with `FROM pair_counts(in_split := 'test')`, "
        "and ask a query with `irdb query NAME` or `db.query(name)`.",
        "## To start with",
        _summary_table(start),
        *(f"## {topic}\n\n{_summary_table(topics[topic])}" for topic in sorted(topics)),
    )


def _summary_table(files: Iterable[SqlFile]) -> str:
    rows = [(f"[{file.name}](sql/{file.topic}.md#{_anchor(file)})", file.kind, escape(file.summary)) for file in files]
    return table(["name", "kind", "what it is"], rows)


def _anchor(file: SqlFile) -> str:
    return f"{file.name}-{file.kind}"


def _topic_page(topic: str, topic_files: list[SqlFile], files: SqlCatalog) -> str:
    sections = [
        page(f"## {heading}", *(_section(file, files) for file in topic_files if file.kind == kind)).rstrip()
        for kind, heading in _HEADINGS.items()
        if any(file.kind == kind for file in topic_files)
    ]
    return page(f"# SQL: {topic}", *sections)


def _section(file: SqlFile, files: SqlCatalog) -> str:
    """Describe a view, macro or query."""
    origin = _file_of(file, files)
    return page(
        f"### {file.name} ({file.kind})",
        escape(file.summary),
        escape(file.notes),
        f"`{file.signature}`" if file.kind == "macro" else "",
        table(["parameter", "meaning"], [(f"`{name}`", escape(text)) for name, text in file.params.items()])
        if file.params
        else "",
        f"Columns: {_columns(file)}." if file.returns else "",
        f"Query of all rows: {_link(files.queries[file.query.name])}." if file.query else "",
        f"Reads {', '.join(_link(files.find(name)[0]) for name in file.reads)}." if file.reads else "",
        f"Source: {escape(file.source)}" if file.source else "",
        f"Not on Spark: {escape(file.spark)}." if file.spark else "",
        f"On Spark, write {escape(file.instead_on_spark)}." if file.instead_on_spark else "",
        f"SQL: [queries/{origin.topic}/{origin.name}.sql](../../../queries/{origin.topic}/{origin.name}.sql)",
    ).rstrip()


def _columns(file: SqlFile) -> str:
    return ", ".join(
        f"`{name}` {kind.replace('[', chr(92) + '[')}".rstrip()
        for name, kind in zip_longest(file.returns, file.types, fillvalue="")
    )


def _link(file: SqlFile) -> str:
    return f"[{file.name}]({file.topic}.md#{_anchor(file)})"


def _file_of(file: SqlFile, files: SqlCatalog) -> SqlFile:
    """Return the view or macro whose header defines a query, else the query itself."""
    definitions = [*files.views.values(), *files.macros.values()]
    owners = [owner for owner in definitions if owner.query and owner.query.name == file.name]
    return owners[0] if file.kind == "query" and owners else file

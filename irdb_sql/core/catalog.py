"""The catalog of `queries/`: reads the `.sql` files, parses their headers and sorts them in load order."""

from __future__ import annotations

import functools
import graphlib
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from irdb_sql.core.named_query import query_text
from irdb_sql.errors import SqlFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["view", "macro", "query"]


@dataclass(frozen=True)
class HeaderQuery:
    """A query of all rows, defined in a view's or macro's header.

    Attributes:
        name: Name of the query.
        question: The question that it answers.
        notes: Further lines of its header.
        parameters: Names of its parameters, in order; empty for all parameters of the macro.
        order: The expressions of its ORDER BY.
    """

    name: str
    question: str
    notes: tuple[str, ...]
    parameters: tuple[str, ...]
    order: str


@dataclass(frozen=True)
class SqlFile:
    """A view, macro or query, from a file or another file's header.

    Attributes:
        kind: Whether it is a view, macro or query.
        name: Its name, which is the stem of the file.
        summary: One sentence; of a query, its question.
        notes: Further sentences of the header, or an empty string.
        params: Meaning of each parameter by name, in the header's order.
        returns: Names of the columns; empty for a scalar macro.
        types: DuckDB's types of these columns; empty where the header does not say them.
        reads: Names of the views and macros that it uses.
        source: Source of the definition, such as a paper, or an empty string.
        spark: Why it is not available on Apache Spark, or an empty string.
        instead_on_spark: What to write there instead of this scalar macro, with its parameters, or an empty string.
        important: Names of the columns that a narrow terminal shows, the most important first; empty for all.
        is_start: Whether it is one to start with.
        query: The query of all rows that the header of a view or macro defines, or None.
        text: The content of the file, header included, which the engine runs.
        topic: Name of the file's folder.
    """

    kind: Kind
    name: str
    summary: str
    notes: str
    params: dict[str, str]
    returns: tuple[str, ...]
    types: tuple[str, ...]
    reads: tuple[str, ...]
    source: str
    spark: str
    instead_on_spark: str
    important: tuple[str, ...]
    is_start: bool
    query: HeaderQuery | None
    text: str = field(repr=False)
    topic: str = ""

    @property
    def is_table(self) -> bool:
        """Whether it returns rows; a macro without `returns` is scalar."""
        return bool(self.returns)

    @property
    def signature(self) -> str:
        """Its call, such as `name(parameter TYPE := default)` or `name $parameter`."""
        if self.kind == "macro":
            start = self.text.index(f"MACRO {self.name}(") + len("MACRO ")
            return (
                " ".join(self.text[start : self.text.index(" AS", start)].split()).replace("( ", "(").replace(" )", ")")
            )
        return " ".join([self.name, *(f"${name}" for name in self.params)])


@dataclass(frozen=True)
class SqlCatalog:
    """All views, macros and queries, by kind and name."""

    views: dict[str, SqlFile]
    macros: dict[str, SqlFile]
    queries: dict[str, SqlFile]

    def copy(self) -> SqlCatalog:
        """Return a catalog to which files can be added."""
        return SqlCatalog(views=dict(self.views), macros=dict(self.macros), queries=dict(self.queries))

    def add(self, file: SqlFile) -> None:
        """Add a view, macro or query to a copy of a catalog."""
        {"view": self.views, "macro": self.macros, "query": self.queries}[file.kind][file.name] = file

    def find(self, name: str) -> list[SqlFile]:
        """Return the existing view, macro and query of a name."""
        return [kind[name] for kind in (self.views, self.macros, self.queries) if name in kind]

    def all(self) -> list[SqlFile]:
        """List all: views, then macros, then queries, each by name."""
        return [*self.views.values(), *self.macros.values(), *self.queries.values()]

    def important_columns(self, columns: Sequence[str]) -> list[str]:
        """Return the important ones of the columns of an answer, the most important first.

        They are those that the header says of the view, macro or query that returns these columns; for other answers,
        those that any header says.

        Example:
            >>> load().important_columns(load().views["metrics"].returns)
            ['metric', 'computed_by', 'meaning']
        """
        headers = [file for file in self.all() if file.important]
        same = [file for file in headers if file.returns == tuple(columns)]
        names = dict.fromkeys(name for file in same[:1] or headers for name in file.important)
        return [name for name in (names if same else columns) if name in names]

    def load_order(self) -> list[SqlFile]:
        """List views and macros, each after those that it reads."""
        definitions = self.views | self.macros
        return [
            definitions[name] for name in _sort_names(tuple((file.name, file.reads) for file in definitions.values()))
        ]


@functools.lru_cache(maxsize=16)
def _sort_names(reads: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    """Sort names, each after those that it reads; kept, as every database that is opened asks for the same."""
    return tuple(graphlib.TopologicalSorter(dict(reads)).static_order())


@functools.cache
def load() -> SqlCatalog:
    """Read the catalog of the package, once per process."""
    return read(_folder())


def read(folder: Path) -> SqlCatalog:
    """Read the catalog of a folder with one subfolder per topic."""
    paths = [Path(place, name) for place, _, names in os.walk(folder) for name in names if name.endswith(".sql")]
    files = [file for path in sorted(paths, key=lambda path: path.stem) for file in _read_file(path)]
    by_kind: dict[Kind, dict[str, SqlFile]] = {"view": {}, "macro": {}, "query": {}}
    for file in sorted(files, key=lambda file: file.name):
        if file.name in by_kind[file.kind]:
            raise SqlFileError(folder, f"two files define the {file.kind} {file.name}")
        by_kind[file.kind][file.name] = file
    return SqlCatalog(views=by_kind["view"], macros=by_kind["macro"], queries=by_kind["query"])


def _read_file(path: Path) -> list[SqlFile]:
    """Read a file, and make the query that its header defines."""
    try:
        file = parse(path.read_text(encoding="utf-8"), topic=path.parent.name)
        return [file] if file.query is None else [file, header_query(file, file.query)]
    except (KeyError, ValueError) as error:
        reason = f"its header lacks {error}" if isinstance(error, KeyError) else str(error)
        raise SqlFileError(path, reason) from error


def header_query(file: SqlFile, query: HeaderQuery) -> SqlFile:
    """Return the query that the header of a view or macro defines."""
    return replace(parse(query_text(file, query), topic=file.topic), is_start=file.is_start)


def _folder() -> Path:
    """Return `queries/`, in the installed package or beside it in a checkout."""
    package = Path(__file__).parent.parent
    packaged = package / "queries"
    return packaged if packaged.is_dir() else package.parent / "queries"


def parse(text: str, default_name: str | None = None, topic: str = "") -> SqlFile:
    r"""Parse the content of a `.sql` file with its header.

    Args:
        text: The content.
        default_name: Name and summary of a file whose header need not have them; None if it must.
        topic: Name of the file's folder.

    Raises:
        KeyError: The header lacks a part of it.

    Example:
        >>> file = parse("-- name: totals\n-- How many images?\n-- returns: n\nSELECT count(*) AS n FROM images")
        >>> file.kind, file.summary, file.returns
        ('query', 'How many images?', ('n',))
    """
    entries: dict[str, str] = {}
    params: dict[str, str] = {}
    notes: list[str] = []
    sentences: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        content = line.removeprefix("--").strip()
        key, colon, value = f"{content} ".partition(": ")
        key = key.rstrip()
        if colon and key in KEYS:
            entries[key] = value.strip()
        elif colon and key.startswith("param "):
            params[key.removeprefix("param ")] = value.strip()
        elif colon and key == "note":
            notes.append(value.strip())
        else:
            sentences.append(content)
    if default_name is not None:
        entries.setdefault("name", default_name)
        sentences = sentences or [default_name]
    if "name" in entries and not sentences:
        message = "a summary"
        raise KeyError(message)
    columns = [column.partition(" ") for column in _names(entries.get("returns", ""))]
    return SqlFile(
        kind=_kind(text),
        name=entries["name"],
        summary=sentences[0],
        notes=" ".join(sentences[1:]),
        params=params,
        returns=tuple([name for name, _, _ in columns]),
        types=tuple([kind for _, _, kind in columns if kind]),
        reads=_names(entries.get("reads", "")),
        source=entries.get("source", ""),
        spark=entries.get("spark", "").removeprefix("no, "),
        instead_on_spark=entries.get("instead on spark", ""),
        important=_names(entries.get("important", "")),
        is_start=entries.get("start with") == "yes",
        query=HeaderQuery(
            name=entries["query"],
            question=entries["question"],
            notes=tuple(notes),
            parameters=_names(entries.get("parameters", "")),
            order=entries["order"],
        )
        if "query" in entries
        else None,
        text=text,
        topic=topic,
    )


KEYS = (
    "name", "returns", "reads", "source", "spark", "instead on spark", "important", "start with", "query", "question",
    "parameters", "order",
)  # fmt: skip
"""Keys of a header that stand once; `param NAME` and `note` may stand several times."""


def _kind(text: str) -> Kind:
    definition = _DEFINITION.search(text)
    if not definition:
        return "query"
    return "view" if definition[1].upper() == "VIEW" else "macro"


def _names(listed: str) -> tuple[str, ...]:
    return tuple([name.strip() for name in listed.split(",")]) if listed else ()


_DEFINITION = re.compile(r"^CREATE OR REPLACE (VIEW|MACRO)\b", re.MULTILINE | re.IGNORECASE)

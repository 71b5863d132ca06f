"""The `.sql` files of `queries/`: finds them, reads their headers, and puts them in load order."""

from __future__ import annotations

import functools
import graphlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from irdb_sql.core.named_query import query_text

Kind = Literal["view", "macro", "query"]


@dataclass(frozen=True)
class HeaderQuery:
    """What the header of a view or macro says about the query of all its rows.

    Attributes:
        name: Name of the query.
        question: The question that it answers.
        notes: Further lines of its own header.
        parameters: Its parameters, in their order; all those of the macro, in the macro's order, if there are none.
        order: What its rows are ordered by.
    """

    name: str
    question: str
    notes: tuple[str, ...]
    parameters: tuple[str, ...]
    order: str


@dataclass(frozen=True)
class SqlFile:
    """A view, a macro or a query: one file of `queries/`, or a query that the header of one asks for.

    Attributes:
        kind: What the file defines.
        name: Name of the file and of what it defines.
        summary: One sentence; a query's is its question.
        notes: Further sentences of the header, or nothing.
        params: Name and meaning of each parameter, in the header's order.
        returns: Names of the result's columns; empty for a macro that is a value.
        reads: Names of the views and macros that the statement uses.
        source: Where the definition comes from, or nothing.
        spark: Why Apache Spark cannot have it, or nothing.
        query: The query of all rows of a view or macro, if the header asks for one.
        text: The whole file, header included, as the engine runs it.
    """

    kind: Kind
    name: str
    summary: str
    notes: str
    params: dict[str, str]
    returns: tuple[str, ...]
    reads: tuple[str, ...]
    source: str
    spark: str
    query: HeaderQuery | None
    text: str = field(repr=False)

    @property
    def is_table(self) -> bool:
        """Whether the file answers rows; a macro without `returns` is a value."""
        return bool(self.returns)

    @property
    def signature(self) -> str:
        """How it is called: `name(parameter TYPE := default, …)` for a macro, its parameters for a query."""
        if self.kind == "macro":
            start = self.text.index(f"MACRO {self.name}(") + len("MACRO ")
            return (
                " ".join(self.text[start : self.text.index(" AS", start)].split()).replace("( ", "(").replace(" )", ")")
            )
        return " ".join([self.name, *(f"${name}" for name in self.params)])


@dataclass(frozen=True)
class SqlFiles:
    """Every `.sql` file of the package, by kind and name."""

    views: dict[str, SqlFile]
    macros: dict[str, SqlFile]
    queries: dict[str, SqlFile]

    def named(self, name: str) -> list[SqlFile]:
        """List what bears a name: at most one view, one macro and one query."""
        return [kind[name] for kind in (self.views, self.macros, self.queries) if name in kind]

    def all(self) -> list[SqlFile]:
        """List every file: views, then macros, then queries, each by name."""
        return [*self.views.values(), *self.macros.values(), *self.queries.values()]

    def load_order(self) -> list[SqlFile]:
        """Order views and macros so that each stands behind all that it reads."""
        definitions = self.views | self.macros
        order = graphlib.TopologicalSorter({name: file.reads for name, file in definitions.items()}).static_order()
        return [definitions[name] for name in order]


@functools.cache
def load() -> SqlFiles:
    """Read every `.sql` file of the package, once a process."""
    return read(_folder())


def read(folder: Path) -> SqlFiles:
    """Read every `.sql` file of a folder and of the folders in it, a folder a topic."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.sql"), key=lambda path: path.stem)]
    files = [parse(text) for text in texts]
    files += [parse(query_text(file, file.query)) for file in files if file.query]
    by_kind: dict[Kind, dict[str, SqlFile]] = {"view": {}, "macro": {}, "query": {}}
    for file in sorted(files, key=lambda file: file.name):
        by_kind[file.kind][file.name] = file
    return SqlFiles(views=by_kind["view"], macros=by_kind["macro"], queries=by_kind["query"])


def _folder() -> Path:
    """Find `queries/`: inside an installed package, or beside the package in a checkout."""
    package = Path(__file__).parent.parent
    packaged = package / "queries"
    return packaged if packaged.is_dir() else package.parent / "queries"


def parse(text: str) -> SqlFile:
    r"""Read the header of a `.sql` file: the comment lines at its top.

    Example:
        >>> file = parse("-- name: one\n-- Is there one?\n-- returns: n\nSELECT 1 AS n")
        >>> file.kind, file.summary, file.returns
        ('query', 'Is there one?', ('n',))
    """
    facts: dict[str, str] = {}
    params: dict[str, str] = {}
    notes: list[str] = []
    sentences: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        content = line.removeprefix("--").strip()
        key, colon, value = content.partition(": ")
        if colon and key.startswith("param "):
            params[key.removeprefix("param ")] = value
        elif colon and key == "note":
            notes.append(value)
        elif colon and key in _KEYS:
            facts[key] = value
        else:
            sentences.append(content)
    return SqlFile(
        kind=_kind(text),
        name=facts["name"],
        summary=sentences[0],
        notes=" ".join(sentences[1:]),
        params=params,
        returns=_names(facts.get("returns", "")),
        reads=_names(facts.get("reads", "")),
        source=facts.get("source", ""),
        spark=facts.get("spark", "").removeprefix("no, "),
        query=HeaderQuery(
            name=facts["query"],
            question=facts["question"],
            notes=tuple(notes),
            parameters=_names(facts.get("parameters", "")),
            order=facts["order"],
        )
        if "query" in facts
        else None,
        text=text,
    )


_KEYS = ("name", "returns", "reads", "source", "spark", "query", "question", "parameters", "order")


def _kind(text: str) -> Kind:
    definition = re.search(r"^CREATE OR REPLACE (VIEW|MACRO)\b", text, re.MULTILINE)
    if not definition:
        return "query"
    return "view" if definition[1] == "VIEW" else "macro"


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(",")) if listed else ()

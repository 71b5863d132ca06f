"""The `.sql` files of `queries/`: finds them, reads their headers, and puts them in load order."""

from __future__ import annotations

import functools
import graphlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["view", "macro", "query"]


@dataclass(frozen=True)
class SqlFile:
    """One file of `queries/`: a view, a macro or a query.

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
    folder = _folder()
    return SqlFiles(
        views=_read_all(folder / "views", "view"),
        macros=_read_all(folder / "macros", "macro"),
        queries=_read_all(folder, "query"),
    )


def _folder() -> Path:
    """Find `queries/`: inside an installed package, or beside the package in a checkout."""
    package = Path(__file__).parent.parent
    packaged = package / "queries"
    return packaged if packaged.is_dir() else package.parent / "queries"


def _read_all(folder: Path, kind: Kind) -> dict[str, SqlFile]:
    return {path.stem: parse(path.read_text(encoding="utf-8"), kind) for path in sorted(folder.glob("*.sql"))}


def parse(text: str, kind: Kind) -> SqlFile:
    r"""Read the header of a `.sql` file: the comment lines at its top.

    Example:
        >>> file = parse("-- name: one\n-- Is there one?\n-- returns: n\nSELECT 1 AS n", "query")
        >>> file.summary, file.returns
        ('Is there one?', ('n',))
    """
    facts: dict[str, str] = {}
    params: dict[str, str] = {}
    sentences: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        content = line.removeprefix("--").strip()
        key, colon, value = content.partition(": ")
        if colon and key.startswith("param "):
            params[key.removeprefix("param ")] = value
        elif colon and key in _KEYS:
            facts[key] = value
        else:
            sentences.append(content)
    return SqlFile(
        kind=kind,
        name=facts["name"],
        summary=sentences[0],
        notes=" ".join(sentences[1:]),
        params=params,
        returns=_names(facts.get("returns", "")),
        reads=_names(facts.get("reads", "")),
        source=facts.get("source", ""),
        spark=facts.get("spark", "").removeprefix("no, "),
        text=text,
    )


_KEYS = ("name", "returns", "reads", "source", "spark")


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(",")) if listed else ()

"""Completes statements: the words that can follow what is typed, for the shell and for the editor of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.core.signatures import parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from irdb_sql.core.catalog import SqlCatalog, SqlFile

_KEYWORDS = (
    "select", "from", "where", "group by", "order by", "limit", "join", "left join", "using", "on", "with", "as",
    "and", "or", "not", "in", "between", "like", "is null", "case", "when", "then", "else", "end", "count", "sum",
    "avg", "min", "max", "distinct", "having", "union all", "qualify", "filter", "over", "partition by", "describe",
    "summarize", "show tables", "values", "asc", "desc", "nulls last", "group by all", "order by all", "exclude",
    "unnest",
)  # fmt: skip
_TABLE_WORDS = frozenset({"from", "join", "describe", "summarize"})
_TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'?|\"[^\"]*\"?|\w+|:=|=>|\S")


class Completion(NamedTuple):
    """A completion of what is typed.

    Attributes:
        text: What replaces the end of what is typed.
        kind: What it is.
        length: How many of the last typed characters it replaces.
    """

    text: str
    kind: str
    length: int


class Completer:
    """Completes statements, and commands of the shell.

    Args:
        files: The views, macros and queries.
        classes: Returns the classifications of the data; called when one is first needed.
        commands: Commands, which begin with a backslash; none where there is no shell.
    """

    def __init__(self, files: SqlCatalog, classes: Callable[[], Sequence[str]], commands: Sequence[str] = ()) -> None:
        self._files = files
        self._commands = commands
        self._find_classes = classes
        self._classes: Sequence[str] | None = None

    def complete(self, typed: str) -> list[Completion]:
        """Return what can complete a text, up to the cursor, sorted.

        Example:
            >>> from irdb_sql.core import catalog
            >>> completer = Completer(catalog.load(), list)
            >>> completer.complete("FROM pair_c")
            [Completion(text='pair_counts(', kind='macro', length=6)]
            >>> [completion.text for completion in completer.complete("FROM pair_counts(in_split := 't")]
            ["'test'", "'train'"]
        """
        if typed.lstrip().startswith("\\"):
            word, words = _last_word(typed), self._command_words(typed.split())
        else:
            tokens = _TOKEN.findall(typed)
            last = tokens[-1] if tokens else ""
            if last.startswith("--"):
                return []
            if last.startswith("'") and not _is_closed(last):
                word, words = last, dict.fromkeys(_quoted(self._texts(tokens[:-1])), "text")
            else:
                word = last if typed.endswith(last) and re.fullmatch(r"\w+", last) else ""
                words = self._words(tokens[:-1] if word else tokens)
        matching = (text for text in words if text.lower().startswith(word.lower()))
        return [Completion(text, words[text], len(word)) for text in sorted(matching)]

    def _command_words(self, words: Sequence[str]) -> Mapping[str, str]:
        """Return what can follow in a command of the shell: its name, a name, or parameters of a query."""
        command, *names = words
        if command == "\\d":
            return {file.name: file.kind for file in self._files.all()}
        if command != "\\run":
            return dict.fromkeys(self._commands, "command")
        query = self._files.queries.get(names[0]) if names else None
        if query is None:
            return dict.fromkeys(self._files.queries, "query")
        return {f"{name}=": "parameter" for name in query.params}

    def _words(self, tokens: Sequence[str]) -> Mapping[str, str]:
        """Return the words that can follow tokens."""
        if _expects_table(tokens):
            return self._tables()
        macro, arguments = self._call(tokens)
        if macro is not None and tokens[-1] in (":=", "=>"):
            return self._values(macro, tokens[-2])
        named = {} if macro is None else {f"{name} := ": "argument" for name in macro.params if name not in arguments}
        if named and tokens[-1] in ("(", ","):
            return named
        return self._expressions() | named

    def _tables(self) -> dict[str, str]:
        macros = {f"{name}(": "macro" for name, file in self._files.macros.items() if file.is_table}
        return macros | dict.fromkeys(self._files.views, "view")

    def _expressions(self) -> dict[str, str]:
        words = {keyword.upper(): "keyword" for keyword in _KEYWORDS} | dict.fromkeys(self._commands, "command")
        words |= {column: "column" for file in self._files.all() for column in file.returns}
        return words | {f"{name}(": "macro" for name, file in self._files.macros.items() if not file.is_table}

    def _call(self, tokens: Sequence[str]) -> tuple[SqlFile | None, set[str]]:
        """Return the macro in whose parentheses the cursor is, and the names of arguments that it has already."""
        depth = 0
        for index in range(len(tokens) - 1, -1, -1):
            depth += {")": 1, "(": -1}.get(tokens[index], 0)
            if depth < 0:
                macro = self._files.macros.get(tokens[index - 1].lower()) if index else None
                return macro, {token.lower() for token in tokens[index + 1 :]}
        return None, set()

    def _values(self, macro: SqlFile, argument: str) -> Mapping[str, str]:
        """Return the values that an argument of a macro can have, if they are few."""
        kind = next((parameter.kind for parameter in parameters(macro) if parameter.name == argument.lower()), None)
        if kind == "BOOLEAN":
            return {"true": "value", "false": "value"}
        return dict.fromkeys(_quoted(_NAMED_TEXTS.get(argument.lower(), ())), "text")

    def _texts(self, tokens: Sequence[str]) -> Iterable[str]:
        """Return the texts that a quote after tokens may begin, by the name that they are compared with."""
        for token in reversed(tokens):
            name = token.lower().strip('"')
            if name in _NAMED_TEXTS:
                return _NAMED_TEXTS[name]
            if name == "classification":
                return self._all_classes()
            if token not in _BETWEEN and name != "in" and not token.startswith("'"):
                break
        return [*SPLITS, *SUBSETS, *self._all_classes()]

    def _all_classes(self) -> Sequence[str]:
        if self._classes is None:
            self._classes = self._find_classes()
        return self._classes


_BETWEEN = frozenset({"=", ":=", "=>", "(", ",", "<", ">", "!"})
_NAMED_TEXTS: Mapping[str, Sequence[str]] = {
    "split": SPLITS,
    "in_split": SPLITS,
    "in_subset": list(SUBSETS),
    "subset": list(SUBSETS),
    "kind": ("overall", "alignment", "fidelity"),
}
"""Texts by the name of the column or argument that has them."""


def _expects_table(tokens: Sequence[str]) -> bool:
    """Whether the next word is the name of a table: behind FROM or JOIN, or a comma in a list of tables."""
    if tokens and tokens[-1] == ",":
        depth = 0
        for token in reversed(tokens):
            depth += {")": 1, "(": -1}.get(token, 0)
            if depth < 0 or (depth == 0 and token.lower() in _CLAUSES):
                return False
            if depth == 0 and token.lower() in _TABLE_WORDS:
                return True
    return bool(tokens) and tokens[-1].lower() in _TABLE_WORDS


_CLAUSES = frozenset({"select", "where", "group", "order", "having", "using", "on", "values", "with", "qualify"})


def _is_closed(text: str) -> bool:
    """Whether a text that begins with a quote ends with one."""
    return len(text) > 1 and text.count("'") % 2 == 0


def _quoted(texts: Iterable[str]) -> Iterator[str]:
    return ("'" + text.replace("'", "''") + "'" for text in texts)


def _last_word(typed: str) -> str:
    return "" if typed.endswith(" ") else typed.rsplit(maxsplit=1)[-1]

"""Answers that reports are made of: what was asked, how to ask it again, and the rows, written for a reader."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from irdb_sql.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

EMPTY_CELL = "–"  # noqa: RUF001 - the dash of an empty cell


@dataclass(frozen=True)
class Answer:
    """A question and the rows that answer it.

    Attributes:
        name: Name of the query or method, or nothing for SQL text.
        question: The question.
        notes: What the query's header says of the numbers, or nothing.
        sql: The statement, or nothing where a method answers.
        command: The command that asks it again; files are named without folders.
        columns: Names of its columns.
        types: Their Polars types, as text.
        numeric: Which of them hold numbers.
        rows: Its rows, a mapping each.
    """

    name: str
    question: str
    notes: str
    sql: str
    command: str
    columns: Sequence[str]
    types: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[dict[str, Any]]

    def chosen(self, columns: Sequence[str]) -> tuple[Sequence[str], Sequence[bool]]:
        """Return names of some columns, or of all, and which of them hold numbers."""
        numeric = dict(zip(self.columns, self.numeric, strict=True))
        names = columns or self.columns
        return names, [numeric[name] for name in names]

    def where(self, **values: object) -> Answer:
        """Take the rows whose columns hold some values; a list takes any of its values.

        Raises:
            ChoiceError: There is no such column.
        """
        for column in values:
            if column not in self.columns:
                raise ChoiceError("column", column, self.columns)
        wanted = {column: value if isinstance(value, list) else [value] for column, value in values.items()}
        return replace(self, rows=[row for row in self.rows if all(row[name] in wanted[name] for name in wanted)])

    def sorted(self, column: str) -> Answer:
        """Put the rows with the highest values first, and those without one last."""
        return replace(self, rows=sorted(self.rows, key=lambda row: (row[column] is None, -(row[column] or 0))))

    def known(self, column: str) -> Answer:
        """Take the rows where a column holds something."""
        return replace(self, rows=[row for row in self.rows if row[column] is not None])

    def head(self, rows: int) -> Answer:
        """Take the first rows."""
        return replace(self, rows=self.rows[:rows])


def answer_of(frame: pl.DataFrame, **told: str) -> Answer:
    """Make an answer of a frame and what is told of it: name, question, command, notes and sql."""
    return Answer(
        **{"name": "", "question": "", "command": "", "notes": "", "sql": "", **told},
        columns=frame.columns,
        types=[str(kind) for kind in frame.dtypes],
        numeric=[kind.is_numeric() for kind in frame.dtypes],
        rows=frame.to_dicts(),
    )


def command_line(*words: str, **options: object) -> str:
    """Write a command of `irdb` as one types it; options that are None are left out.

    Example:
        >>> command_line("query", "pairs", param={"split": "test"}, format=None)
        'irdb query pairs --param split=test'
    """
    parts = ["irdb", *map(shlex.quote, words)]
    for option, value in options.items():
        if isinstance(value, dict):
            parts += [f"--{option} {shlex.quote(f'{key}={one}')}" for key, one in value.items() if one is not None]
        elif isinstance(value, list):
            parts += [f"--{option} {shlex.quote(str(one))}" for one in value]
        elif value is not None:
            parts.append(f"--{option} {shlex.quote(str(value))}")
    return " ".join(parts)


def heading(column: str) -> str:
    """Write the name of a column for a reader; names of metrics stay as they are."""
    return column if column.startswith(_METRICS) else column.replace("_", " ")


_SHARES = ("share_", "acc_", "recall", "filter", "best_of_n", "lower", "upper", "chance")
_OF_ANY_SIZE = ("computed", "difference", "published", "half_unit")
_METRICS = ("acc_", "tau_", "best_of_n", "recall@", "filter@")


def shown(column: str, value: object) -> str:
    """Write a value for a reader: shares in percent, whole numbers in groups of three, nothing as a dash.

    Example:
        >>> shown("tied_share", 0.125), shown("pairs", 6399), shown("mean", 4.5), shown("rank", None) == EMPTY_CELL
        ('12.50%', '6,399', '4.500', True)
    """
    if value is None:
        return EMPTY_CELL
    if isinstance(value, float):
        if column in _OF_ANY_SIZE:
            return f"{value:,.4f}".rstrip("0").rstrip(".")
        is_share = column.startswith(_SHARES) or column.endswith("_share")
        return f"{value:.2%}" if is_share else f"{value:,.3f}"
    if isinstance(value, list | tuple):
        return ", ".join(shown(column, one) for one in value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def shown_row(row: Mapping[str, object], columns: Sequence[str]) -> list[str]:
    """Write some values of a row."""
    return [shown(column, row[column]) for column in columns]

"""The answers in a report: question, command and rows, and how values are formatted."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from irdb_sql.charts.labels import is_share
from irdb_sql.charts.specification import ChartData
from irdb_sql.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

EMPTY_CELL = "–"  # noqa: RUF001 - the dash of an empty cell


@dataclass(frozen=True)
class Answer(ChartData):
    """A question and the rows that answer it.

    Attributes:
        name: Name of the query or method; empty for SQL text.
        question: The question.
        notes: The notes in the query's header, which may be empty.
        sql: The statement; empty where a method answers.
        asked: The command without the files and splits of the data, by which two reports are compared.
        command: The command that repeats the question, with files as they were given.
        columns: Names of the columns.
        types: Their Polars types, as text.
        numeric: Whether each column has numbers.
        rows: The rows, by column.
    """

    name: str
    question: str
    notes: str
    sql: str
    asked: str
    command: str

    def where(self, **values: object) -> Answer:
        """Select the rows that have these values; a list allows any of its values.

        Raises:
            ChoiceError: There is no such column.
        """
        for column in values:
            if column not in self.columns:
                raise ChoiceError("column", column, self.columns)
        wanted = {column: value if isinstance(value, list) else [value] for column, value in values.items()}
        return replace(self, rows=[row for row in self.rows if all(row[name] in wanted[name] for name in wanted)])

    def sorted(self, column: str) -> Answer:
        """Sort rows by a column, highest value first and NULL last."""
        return replace(self, rows=sorted(self.rows, key=lambda row: (row[column] is None, -(row[column] or 0))))

    def known(self, column: str) -> Answer:
        """Return the rows where a column is not NULL."""
        return replace(self, rows=[row for row in self.rows if row[column] is not None])

    def constant(self, *columns: str) -> list[str]:
        """List those of some columns that have the same value in all rows, of which there are several."""
        return [
            name for name in columns
            if name in self.columns and len(self.rows) > 1 and len({str(row[name]) for row in self.rows}) == 1
        ]  # fmt: skip

    def head(self, rows: int) -> Answer:
        """Return the first rows."""
        return replace(self, rows=self.rows[:rows])


def make_answer(frame: pl.DataFrame, **description: str) -> Answer:
    """Make an answer of a frame and its description: name, question, asked, command, notes and sql."""
    return Answer(
        **{"name": "", "question": "", "asked": "", "command": "", "notes": "", "sql": "", **description},
        columns=frame.columns,
        types=[str(kind) for kind in frame.dtypes],
        numeric=[kind.is_numeric() for kind in frame.dtypes],
        rows=frame.to_dicts(),
    )


def command_line(*words: str, **options: object) -> str:
    """Format a command of `irdb`, without options that are None.

    Example:
        >>> command_line("query", "pairs", param={"split": "test"}, format=None)
        'irdb query pairs --param split=test'
    """
    parts = ["irdb", *map(shlex.quote, words)]
    for option, value in options.items():
        if isinstance(value, dict):
            parts += [
                f"--{option} {shlex.quote(f'{key}={inner}')}" for key, inner in value.items() if inner is not None
            ]
        elif isinstance(value, list):
            parts += [f"--{option} {shlex.quote(str(inner))}" for inner in value]
        elif value is not None:
            parts.append(f"--{option} {shlex.quote(str(value))}")
    return " ".join(parts)


_OF_ANY_SIZE = ("computed", "difference", "published", "half_unit")


def format_value(column: str, value: object) -> str:
    """Format a value: shares in percent, thousands in groups, NULL as a dash.

    Example:
        >>> format_value("tied_share", 0.125), format_value("pairs", 6399), format_value("mean", 4.5)
        ('12.50%', '6,399', '4.500')
    """
    if value is None:
        return EMPTY_CELL
    if isinstance(value, float):
        if column in _OF_ANY_SIZE:
            return f"{value:,.4f}".rstrip("0").rstrip(".")
        return f"{value:.2%}" if is_share(column) else f"{value:,.3f}"
    if isinstance(value, list | tuple):
        return ", ".join(format_value(column, inner) for inner in value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def format_row(row: Mapping[str, object], columns: Sequence[str]) -> list[str]:
    """Format the values of some columns of a row."""
    return [format_value(column, row[column]) for column in columns]

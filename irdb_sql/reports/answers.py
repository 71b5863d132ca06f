"""The answers in a report: question, command and rows, and how values are formatted."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from irdb_sql.charts.data import ChartData
from irdb_sql.charts.labels import heading, is_share
from irdb_sql.core.estimates import count_digits, describe_estimate, describe_p_value
from irdb_sql.core.schema import SPLITS
from irdb_sql.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from irdb_sql.core.estimates import Scale
    from irdb_sql.database.opening import Opening

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
        headings: What readers get for the name of a column, where it is not made of that name.
    """

    name: str
    question: str
    notes: str
    sql: str
    asked: str
    command: str
    headings: Mapping[str, str] = field(default_factory=dict)

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

    def ordered(self, column: str, names: Sequence[object]) -> Answer:
        """Sort rows by the place of a column's value in a list, others last."""
        places = {name: place for place, name in enumerate(names)}
        return replace(self, rows=sorted(self.rows, key=lambda row: places.get(row[column], len(places))))

    def by_split(self) -> Answer:
        """Sort rows by split: train, validation, test."""
        return self.ordered("split", SPLITS)

    def constants(self) -> list[str]:
        """List the columns that have the same value in all rows, of which there are several."""
        if len(self.rows) < _SEVERAL:
            return []
        return [name for name in self.columns if len({str(row[name]) for row in self.rows}) == 1]

    def filled(self) -> Answer:
        """Leave out columns that are NULL in every row."""
        return self.select(*(name for name in self.columns if any(row[name] is not None for row in self.rows)))

    def without(self, *columns: str) -> Answer:
        """Leave out columns."""
        return self.select(*(name for name in self.columns if name not in columns))

    def varying(self) -> Answer:
        """Leave out columns that have the same value in all rows; the filter `constants` tells these values."""
        return self.without(*self.constants())

    def select(self, *names: str) -> Answer:
        """Take columns, in this order."""
        places = [list(self.columns).index(name) for name in names]
        return replace(
            self,
            columns=[*names],
            types=[self.types[place] for place in places],
            numeric=[self.numeric[place] for place in places],
            rows=[{name: row[name] for name in names} for row in self.rows],
        )

    def with_interval(self, column: str, lower: str = "lower", upper: str = "upper") -> Answer:
        """Write an estimate and its interval into one column, to the digits that the narrowest interval supports."""
        digits = count_digits((row[lower], row[upper]) for row in self.rows)
        is_signed = column.endswith("_difference")
        scale: Scale = "signed" if not is_share(column) else "signed share" if is_signed else "share"

        def write(row: Mapping[str, Any]) -> str:
            return describe_estimate(row[column], row[lower], row[upper], digits=digits, scale=scale)

        return self._write(column, write).without(lower, upper)

    def against(self, scorer: str, difference: str) -> Answer:
        """Return the comparisons with a scorer, as its value less that of each `other_scorer`."""
        opposites = {difference: difference, "lower": "upper", "upper": "lower"}
        swapped = [
            row
            | {"scorer": scorer, "other_scorer": row["scorer"]}
            | {name: None if row[other] is None else 0.0 - row[other] for name, other in opposites.items()}
            for row in self.rows
            if row["other_scorer"] == scorer
        ]
        return replace(self, rows=[row for row in self.rows if row["scorer"] == scorer] + swapped)

    def with_share(self, column: str, share: str) -> Answer:
        """Write a count and its share into one column, as in 831 (11.5 %)."""

        def write(row: Mapping[str, Any]) -> str:
            return f"{format_value(column, row[column])} ({format_value(share, row[share])})"

        return self._write(column, write).without(share)

    def pivot(self, by: str, value: str, *keys: str) -> Answer:
        """Lay rows out as one row for each combination of some columns, and a column for each value of another.

        Args:
            by: The column whose values become columns, in their order.
            value: The column that fills them.
            *keys: The columns that a row is for.
        """
        names = {f"{by} {row[by]}": format_value(by, row[by]) for row in self.rows}
        rows: dict[tuple[object, ...], dict[str, Any]] = {}
        for row in self.rows:
            key = tuple(row[name] for name in keys)
            laid = rows.setdefault(key, dict(zip(keys, key, strict=True)) | dict.fromkeys(names))
            laid[f"{by} {row[by]}"] = None if row[value] is None else format_value(value, row[value])
        kinds = dict(zip(self.columns, zip(self.types, self.numeric, strict=True), strict=True))
        types, numeric = zip(*(kinds[name] for name in (*keys, *[value] * len(names))), strict=True)
        return replace(
            self, columns=[*keys, *names], types=types, numeric=numeric, rows=list(rows.values()), headings=names
        )

    def heading(self, column: str) -> str:
        """Return what readers get for the name of a column."""
        return self.headings.get(column) or heading(column)

    def _write(self, column: str, write: Callable[[Mapping[str, Any]], str]) -> Answer:
        """Replace the values of a column, which stays one of numbers to a reader, by texts."""
        rows = [row if row[column] is None else row | {column: write(row)} for row in self.rows]
        return replace(self, rows=rows)

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
        headings={},
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


def repeating_command(opening: Opening, command: str, *words: str, **options: object) -> str:
    """Format a command that asks the same data again, whose files are named as `connect` got them.

    Args:
        opening: How the database was opened.
        command: The command; of `evaluate`, the files of scores are the arguments.
        *words: Its further arguments.
        **options: Its further options; those that are None are left out.
    """
    scores = opening.score_files()
    given = {name: value for name, value in options.items() if value is not None}
    places = opening.data_options() | opening.score_options() | given
    if command == "evaluate":
        repeated = command_line(command, *(scores or ()), *words, **places)
    else:
        repeated = command_line(command, *words, **places, scores=scores)
    return repeated if scores is not None else f"{repeated}  # and with the scores, which are in no file"


_SEVERAL = 2
_P_VALUES = ("p_value", "p_holm")
_OF_ANY_SIZE = ("computed", "difference", "published", "half_unit", "q1", "median", "q3")


def format_value(column: str, value: object) -> str:
    """Format a value: shares in percent, thousands in groups, NULL as a dash; no p-value is shown as 0.

    Example:
        >>> format_value("tied_share", 0.125), format_value("pairs", 6399), format_value("p_holm", 1e-7)
        ('12.5 %', '6,399', '< 0.001')
    """
    if value is None:
        return EMPTY_CELL
    if isinstance(value, float):
        if column in _P_VALUES:
            return describe_p_value(value)
        if column in _OF_ANY_SIZE:
            return f"{value:,.4f}".rstrip("0").rstrip(".")
        return describe_estimate(value) if is_share(column) else f"{value:,.3f}"
    if isinstance(value, list | tuple):
        return ", ".join(format_value(column, inner) for inner in value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def format_row(row: Mapping[str, object], columns: Sequence[str]) -> list[str]:
    """Format the values of some columns of a row."""
    return [format_value(column, row[column]) for column in columns]

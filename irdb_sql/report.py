"""Writes reports: a Jinja2 template asks named queries and sets their answers as text."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import jinja2

from irdb_sql import markdown, sqlfiles
from irdb_sql.errors import UnknownNameError
from irdb_sql.leaderboards import METRICS, leaderboard, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irdb_sql.database import ImageRewardDB

REPORTS = ("summary",)


@dataclass(frozen=True)
class Answer:
    """A named query's question and the rows that answer it.

    Attributes:
        name: Name of the query.
        question: Its question.
        notes: What its header says of the numbers, or nothing.
        columns: Names of its columns.
        numeric: Which of them hold numbers.
        rows: Its rows, a mapping each.
    """

    name: str
    question: str
    notes: str
    columns: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[dict[str, Any]]


def render(db: ImageRewardDB, name: str = "summary") -> str:
    """Write a report about a dataset as Markdown.

    Args:
        db: The dataset.
        name: The report; `summary` is the one there is.

    Returns:
        The report: the same text for the same data.

    Raises:
        UnknownNameError: No report has this name.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     print(render(db).partition(chr(10))[0])
        # ImageRewardDB: summary of embedded sample (synthetic)
    """
    if name not in REPORTS:
        raise UnknownNameError("report", name, REPORTS)

    def ask(query: str, **params: object) -> Answer:
        file = sqlfiles.load().queries[query]
        frame = db.query(query, params)
        numeric = [kind.is_numeric() for kind in frame.dtypes]
        return Answer(query, file.summary, file.notes, frame.columns, numeric, frame.to_dicts())

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("irdb_sql"),
        autoescape=False,  # noqa: S701 - finalize escapes every value, as Markdown
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: value if isinstance(value, _Markdown) else markdown.escape(_shown("", value)),
    )
    environment.filters["table"] = _table
    template = environment.get_template(f"{name}.md.jinja")
    return template.render(ask=ask, leaderboard=lambda: _board(db), db=db, version=version("irdb-sql"))


def _board(db: ImageRewardDB) -> Answer:
    """Judge the scorers that the database was opened with."""
    board = shown(leaderboard(db.evaluate()))
    numeric = [kind.is_numeric() for kind in board.dtypes]
    return Answer("evaluate", "", "", board.columns, numeric, board.to_dicts())


class _Markdown(str):
    """A text that is Markdown already."""

    __slots__ = ()


def _table(answer: Answer, *columns: str) -> _Markdown:
    """Set some of an answer's columns, or all, as a table."""
    chosen = columns or tuple(answer.columns)
    right = [numeric for column, numeric in zip(answer.columns, answer.numeric, strict=True) if column in chosen]
    rows = ([_shown(column, row[column]) for column in chosen] for row in answer.rows)
    return _Markdown(markdown.table([_heading(column) for column in chosen], rows, right))


def _heading(column: str) -> str:
    return column if column in METRICS else column.replace("_", " ")


def _shown(column: str, value: object) -> str:
    """Write a value for a reader: shares in percent, whole numbers in groups of three, nothing as a dash."""
    if value is None:
        return "–"  # noqa: RUF001 - the dash of an empty cell
    if isinstance(value, float):
        return f"{value:.2%}" if column.startswith("share_") or column.endswith("_share") else f"{value:,.3f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

"""Writes an answer as an HTML table: numbers to the right, names in sight, and cards on a phone."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from irdb_sql.charts.labels import LIMITS
from irdb_sql.core.markdown import one_line
from irdb_sql.reports.answers import format_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from irdb_sql.reports.answers import Answer


def html_table(answer: Answer, names: Sequence[str]) -> str:
    """Write some columns of an answer as a table, whose classes `report.css` describes."""
    cells = [format_row(row, names) for row in answer.rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)] or [0] * len(names)
    classes = [_cell_classes(answer, name, width) for name, width in zip(names, widths, strict=True)]
    sticky = _find_sticky(names, classes)
    if sticky is not None:
        classes[sticky].append("sticky")
    is_wide = len(names) > (_FEW_LONG if ["long"] in classes else _FEW)
    headings = [html_text(answer.heading(name)) for name in names]
    labels = [f' data-name="{heading}"' if is_wide else "" for heading in headings]
    head = "".join(
        f'<th scope="col"{_class(of_column)}>{heading}</th>'
        for heading, of_column in zip(headings, classes, strict=True)
    )
    body = "\n".join(
        f"<tr{_class(_row_classes(row, names))}>"
        + "".join(
            f"<td{_class(of_column)}{label}>{html_text(text)}</td>"
            for text, of_column, label in zip(texts, classes, labels, strict=True)
        )
        + "</tr>"
        for row, texts in zip(answer.rows, cells, strict=True)
    )
    kinds = [word for word, is_so in (("many", len(names) > _MANY), ("cards", is_wide)) if is_so]
    return f"<table{_class(kinds)}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def html_text(value: str) -> str:
    """Escape a text for HTML, on one line."""
    return html.escape(one_line(value))


def _cell_classes(answer: Answer, name: str, width: int) -> list[str]:
    if answer.is_numeric(name):
        return ["number"]
    if name.endswith("_path"):
        return ["path"]
    return ["short"] if width <= _SHORT else ["long"] if width > 2 * _SHORT else []


def _find_sticky(names: Sequence[str], classes: Sequence[Sequence[str]]) -> int | None:
    """Find the column that says what a row is about, which stays in sight while others are scrolled."""
    if "scorer" in names:
        return [*names].index("scorer")
    return 0 if classes and "short" in classes[0] else None


def _row_classes(row: Mapping[str, object], names: Sequence[str]) -> list[str]:
    limit = ["limit"] if "scorer" in names and row["scorer"] in LIMITS else []
    severity = [str(row["severity"])] if "severity" in names and row["severity"] in _SEVERITIES else []
    return limit + severity


_SEVERITIES = ("error", "warning", "note")
_SHORT = 24  # characters of a cell that stays on one line
_FEW = 4  # columns that fit on a phone; rows of more become cards there, whose cells have the names of their columns
_FEW_LONG = 2  # likewise where there is a column of long texts
_MANY = 9  # columns that fit on paper at the usual size


def _class(words: Iterable[str]) -> str:
    text = " ".join(words)
    return f' class="{text}"' if text else ""

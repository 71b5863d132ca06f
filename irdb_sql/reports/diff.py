"""Compares two reports in JSON: the data, the versions, and every figure."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from irdb_sql.charts.labels import heading
from irdb_sql.core import markdown
from irdb_sql.core.regular_files import describe_error, read_regular_file
from irdb_sql.reports.answers import EMPTY_CELL, format_value
from irdb_sql.reports.errors import OldReportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

Report = dict[str, Any]
_PARTS = ("source", "scope", "versions", "missing")


def read_report(path: Path, schema: str, name: str) -> Report:
    """Read a report in JSON.

    Args:
        path: The file.
        schema: The format that it must have.
        name: The report that it must be.

    Raises:
        OldReportError: It is no report, one of another format, or another report.
    """
    try:
        report = json.loads(read_regular_file(path).decode())
    except (OSError, ValueError, RecursionError) as error:
        raise OldReportError(path, describe_error(error)) from error
    if not isinstance(report, dict) or report.get("format") != schema:
        raise OldReportError(path, f"its format is not {schema}")
    try:
        _ = [
            (figure["asked"], figure["command"], [dict(row) for row in figure["rows"]], figure["columns"])
            for figure in report["figures"]
        ]
        _ = [dict(report[part]) for part in ("source", "scope", "versions")], list(report["missing"])
    except (KeyError, TypeError, ValueError) as error:
        raise OldReportError(path, f"it lacks {error}") from error
    if report.get("report") != name:
        raise OldReportError(path, f"it is the report {report.get('report')!r}, not {name!r}")
    return report


def differences(old: Report, new: Report) -> str:
    """Write the differences of two reports as Markdown.

    Rows are matched by the fewest leading columns that identify a row in both reports.
    """
    title = [f"# Changes of {markdown.escape(str(old.get('report')))}", ""]
    lines = [*title]
    parts = [(part, old[part], new[part]) for part in _PARTS if old[part] != new[part]]
    for part, before, after in parts:
        rows = [("", place, *values) for place, *values in _flat_changes(before, after)]
        lines += [f"## {heading(part)}", "", _table(rows), ""]
    olds = {figure["asked"]: figure for figure in old["figures"]}
    news = {figure["asked"]: figure for figure in new["figures"]}
    for asked in olds | news:
        lines += _figure(asked, olds.get(asked), news.get(asked))
    if lines == title:
        lines += ["Nothing changed.", ""]
    return "\n".join(lines)


def _figure(asked: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[str]:
    if old is not None and new is not None and old["rows"] == new["rows"] and old["columns"] == new["columns"]:
        return
    figure = old or new or {}
    yield from (f"## {markdown.escape(str(figure['question'] or asked))}", "")
    if old is None or new is None:
        yield from (f"Only asked {'now' if old is None else 'before'}. (`{asked}`)", "")
        return
    changes = list(_changes(old, new))
    yield _table(changes)
    yield from ("", f"(`{asked}`)", "")


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    names = [column["name"] for column in new["columns"]]
    keys = _keys(names, old["rows"], new["rows"])
    before, after = (_by_key(figure["rows"], keys) for figure in (old, new))
    for key in before | after:
        row = " · ".join(key)
        if key not in before or key not in after:
            yield (row, "", *((EMPTY_CELL, "a new row") if key not in before else ("a row", EMPTY_CELL)))
            continue
        for name in names:
            values = before[key].get(name), after[key].get(name)
            if values[0] != values[1]:
                texts = [format_value(name, value) for value in values]
                yield (row, heading(name), *(texts if texts[0] != texts[1] else map(str, values)))


def _keys(names: Sequence[str], *tables: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """Return the fewest leading columns that identify the rows of each table, or all."""
    for count in range(len(names)):
        keys = names[:count]
        if all(len({_key(row, keys) for row in rows}) == len(rows) for rows in tables):
            return keys
    return names


def _by_key(rows: Sequence[dict[str, Any]], keys: Sequence[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    rows_by_key: dict[tuple[str, ...], dict[str, Any]] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        key = _key(row, keys)
        counts[key] += 1
        rows_by_key[key if counts[key] == 1 else (*key, f"row {counts[key]}")] = row
    return rows_by_key


def _key(row: Mapping[str, Any], keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(format_value(name, row.get(name)) for name in keys)


def _table(changes: Iterable[Sequence[str]]) -> str:
    return markdown.table(["row", "column", "before", "now"], changes, [False, False, True, True])


def _flat_changes(old: object, new: object) -> Iterator[tuple[str, str, str]]:
    """Yield path, old and new text of each part of two JSON values that differs."""
    before, after = dict(_flat(old, "")), dict(_flat(new, ""))
    for place in before | after:
        if before.get(place) != after.get(place):
            yield place, format_value("", before.get(place)), format_value("", after.get(place))


def _flat(value: object, place: str) -> Iterator[tuple[str, object]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else None
    if parts is None:
        yield place, value
        return
    for key, part in parts:
        yield from _flat(part, f"{place} {key}".strip())

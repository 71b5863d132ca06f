"""The page `/sql`: an editor of statements, their rows as a table or chart, and downloads of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from irdb_sql.charts.specification import KINDS
from irdb_sql.database.opening import details_of
from irdb_sql.engine.screen.text import text_width
from irdb_sql.errors import IrdbError
from irdb_sql.explore.errors import BusyError, PlaceError, plain_hint
from irdb_sql.explore.filters import Filter, address, page_of, read_state
from irdb_sql.explore.page import Page, is_foreign
from irdb_sql.explore.repeating import fill_in, repeat_statement
from irdb_sql.explore.statements import MOST_ROWS
from irdb_sql.explore.table import make_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.explore.filters import PageState
    from irdb_sql.explore.page import Explorer

PAGE_ROWS = 100
"""Rows of a page."""

DOWNLOADS = (("csv", "CSV"), ("parquet", "Parquet"), ("json", "JSON"))
"""Formats of downloads, by their suffixes."""

EXAMPLES = ("rank_gaps", "widest_gaps", "classification_ratings", "repeated_prompts")
"""Named queries that the page offers to begin with."""

_FILTERS = (
    Filter("q", "Statement"),
    Filter("chart", "Chart", [(kind, kind) for kind in KINDS], unset="none"),
    Filter("x", "Across"),
    Filter("y", "Up"),
    Filter("by", "Colours"),
)


def _respond(explorer: Explorer, request: Request) -> Response:
    state = read_state("/sql", request.query_params, _FILTERS)
    text = state.values.get("q", "")
    queries = details_of(explorer.db).sql_files.queries
    shown: dict[str, Any] = {"table": None, "error": None, "repetitions": [], "chart": None, "columns": []}
    status = 200
    is_unrun = bool(text.strip()) and is_foreign(request)
    if text.strip() and not is_unrun:
        try:
            shown |= _answer(explorer, text, state, request) | _chart(state.values)
        except (PlaceError, BusyError):
            raise
        except IrdbError as error:
            status = 400
            place = find_place(text, error.sentence)
            sentence = error.sentence if place is None else error.sentence.partition("\n\nLINE ")[0]
            shown["error"] = {"sentence": sentence, "hint": plain_hint(error), "place": place}
    return explorer.show(
        "sql.html.jinja",
        request,
        status=status,
        title="SQL",
        state=state,
        statement=text,
        catalog=_catalog(explorer),
        downloads=[(name, address(f"/answer/{suffix}", {"q": text})) for suffix, name in DOWNLOADS],
        examples=[(queries[name].summary, fill_in(queries[name].text, {})) for name in EXAMPLES],
        kinds=KINDS,
        is_unrun=is_unrun,
        **shown,
    )


def _answer(explorer: Explorer, text: str, state: PageState, request: Request) -> dict[str, object]:
    rows = explorer.run(text, request)
    has_more = rows.height > MOST_ROWS
    rows = rows.head(MOST_ROWS)
    shown, pages = page_of(rows, state, PAGE_ROWS)
    return {
        "table": make_table(explorer, shown),
        "found": rows.height,
        "has_more": has_more,
        "pages_found": pages,
        "columns": rows.select(pl.exclude(pl.Binary, pl.List, pl.Struct)).columns,
        "repetitions": [("Statement", repeat_statement(explorer.db, text))],
    }


def _chart(values: Mapping[str, str]) -> dict[str, object]:
    """Return the address of the chart that is asked for, if its columns are chosen."""
    if not all(values.get(name) for name in ("chart", "x", "y")):
        return {}
    channels = {"kind": values["chart"], **{name: values[name] for name in ("q", "x", "y", "by") if values.get(name)}}
    return {"chart": address("/chart.svg", channels)}


def _catalog(explorer: Explorer) -> list[tuple[str, list[dict[str, object]]]]:
    """Return the views and macros of the database, by kind, with their calls and columns."""
    files = details_of(explorer.db).sql_files
    tables = [file for file in (*files.views.values(), *files.macros.values()) if file.is_table]
    starts = [file for file in tables if file.is_start]
    groups = (("Start with", starts), ("Views", [file for file in tables if file.kind == "view"]),
              ("Macros", [file for file in tables if file.kind == "macro"]))  # fmt: skip
    return [
        (title, [
            {
                "name": file.name, "summary": file.summary, "columns": file.returns,
                "statement": f"FROM {file.name if file.kind == 'view' else f'{file.name}()'}\nLIMIT 20",
            }
            for file in of_group
        ])
        for title, of_group in groups
    ]  # fmt: skip


class Place(NamedTuple):
    """Where an error is in a statement.

    Attributes:
        before: The text before it.
        marked: The word at it.
        behind: The text behind it.
    """

    before: str
    marked: str
    behind: str

    @property
    def start(self) -> int:
        """Where it begins, as a browser counts."""
        return _utf16_length(self.before)

    @property
    def length(self) -> int:
        """How long the word is, as a browser counts."""
        return _utf16_length(self.marked)


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def find_place(text: str, sentence: str) -> Place | None:
    r"""Return where an error is in a statement; None where it is unknown.

    DuckDB repeats the line, perhaps cropped, and puts a caret below the place.

    Example:
        >>> find_place("SELEC 1", "syntax error at or near SELEC\n\nLINE 1: SELEC 1\n        ^")
        Place(before='', marked='SELEC', behind=' 1')
    """
    found = re.search(r"^LINE (\d+): (.*)\n( *)\^", sentence, re.MULTILINE)
    lines = text.split("\n")
    if found is None or int(found[1]) > len(lines):
        return None
    number, shown = int(found[1]) - 1, found[2]
    is_cropped = shown.startswith("...")
    begin = lines[number].replace("\t", " ").find(shown.removeprefix("...").removesuffix("..."))
    # The caret stands below its cell of a terminal, where a wide character takes two.
    cells = len(found[3]) - len(f"LINE {found[1]}: ")
    inside = next((end for end in range(len(shown) + 1) if text_width(shown[:end]) >= cells), len(shown))
    column = begin + inside - (len("...") if is_cropped else 0)
    if begin < 0 or not 0 <= column <= len(lines[number]):
        return None
    start = sum(len(line) + 1 for line in lines[:number]) + column
    word = re.match(r"\w+|.?", text[start:])
    end = start + len(word[0] if word else "")
    return Place(text[:start], text[start:end], text[end:])


page = Page("/sql", "SQL", 6, _respond, runs_statements=True)

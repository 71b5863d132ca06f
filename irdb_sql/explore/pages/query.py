"""The page `/queries/NAME`: the rows of a named query, with its parameters as filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.schema import SPLITS, SUBSETS
from irdb_sql.database.opening import details_of
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.explore.filters import Filter, page_of, read_state
from irdb_sql.explore.page import Page
from irdb_sql.explore.table import make_table

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.core.catalog import SqlCatalog, SqlFile
    from irdb_sql.explore.page import Explorer

PAGE_ROWS = 50
"""Rows of a page."""

_CHOICES = {"split": SPLITS, "subset": tuple(SUBSETS)}


def _respond(explorer: Explorer, request: Request) -> Response:
    name = request.path_params["name"]
    files = details_of(explorer.db).sql_files
    if name not in files.queries:
        raise UnknownNameError("query", name, files.queries)
    query = files.queries[name]
    filters = [
        Filter(
            param,
            param,
            [(value, value) for value in _CHOICES.get(param, ())],
            unset="all" if param in _CHOICES else "",
        )
        for param in query.params
    ]
    state = request.state.page = read_state(request.url.path, request.query_params, filters)
    rows = explorer.answers.ask(name, state.values)
    shown, pages = page_of(rows, state, PAGE_ROWS)
    return explorer.show(
        "query.html.jinja",
        request,
        title=name,
        state=state,
        summary=query.summary,
        meanings=query.params,
        notes=query.notes or _notes_of_definition(files, query),
        found=rows.height,
        pages_found=pages,
        table=make_table(explorer, shown),
        repetitions=[("Rows", explorer.repeat(name, state.values))],
    )


def _notes_of_definition(files: SqlCatalog, query: SqlFile) -> str:
    """Return what is said of the view or macro all of whose rows a query returns."""
    first = query.reads[0] if query.reads else ""
    file = files.macros.get(first) or files.views.get(first)
    return file.notes if file is not None and file.query is not None and file.query.name == query.name else ""


page = Page("/queries/{name}", "", 0, _respond)

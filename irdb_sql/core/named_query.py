"""Writes the query that the header of a view or macro asks for: all its rows, in a total order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.signatures import parameters

if TYPE_CHECKING:
    from irdb_sql.core.catalog import HeaderQuery, SqlFile
    from irdb_sql.core.signatures import Parameter


def query_text(file: SqlFile, query: HeaderQuery) -> str:
    """Write a query of all rows of a view or macro, header included.

    A parameter of the macro is one of the query, without `in_` before its name. One that the header leaves out keeps
    its default.

    Args:
        file: The view or macro.
        query: What its header says about the query.

    Raises:
        KeyError: The macro describes no parameter that has this name.
    """
    takes = {parameter.name.removeprefix("in_"): parameter for parameter in parameters(file)}
    names = list(query.parameters or takes)
    params = [f"-- param {name}: {_meaning(file.params[takes[name].name], takes[name])}" for name in names]
    arguments = [_argument(name, parameter, given=name in names) for name, parameter in takes.items()]
    while arguments and list(takes)[len(arguments) - 1] not in names:
        del arguments[-1]
    call = f"{file.name}({', '.join(arguments)})" if file.kind == "macro" else file.name
    reads = [file.name, "whole_number"] if any(takes[name].kind in _WHOLE for name in names) else [file.name]
    order = f"ORDER BY {query.order}"
    if len(order) > _LINE:
        order = "ORDER BY\n    " + query.order.replace(", ", ",\n    ")
    lines = [
        f"-- name: {query.name}",
        f"-- {query.question}",
        *(f"-- {note}" for note in query.notes),
        *params,
        f"-- returns: {', '.join(file.returns)}",
        f"-- reads: {', '.join(reads)}",
        "SELECT *",
        f"FROM {call}",
        order,
    ]
    return "\n".join(lines) + "\n"


_LINE = 120
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "INT")


def _argument(name: str, parameter: Parameter, *, given: bool) -> str:
    if not given:
        return parameter.default or "NULL"
    if parameter.kind in _WHOLE:
        return f"whole_number(${name})"
    return f"${name}::{parameter.kind}" if parameter.kind else f"${name}"


def _meaning(meaning: str, parameter: Parameter) -> str:
    """Say of a parameter what happens unless it is given, instead of what NULL or the default does."""
    if parameter.default is None:
        return meaning
    words, _, effect = meaning.partition("; ")
    names = {"NULL": effect.removeprefix("NULL takes "), "FALSE": "off", "TRUE": "on"}
    default = names.get(parameter.default, parameter.default)
    return f"{words}; {default} unless given" if default else words

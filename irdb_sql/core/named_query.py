"""Makes the query of all rows, in a total order, that the header of a view or macro defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.signatures import parameters

if TYPE_CHECKING:
    from irdb_sql.core.catalog import HeaderQuery, SqlFile
    from irdb_sql.core.signatures import Parameter


def query_text(file: SqlFile, query: HeaderQuery) -> str:
    """Return the SQL file that a macro's header defines: SELECT * FROM the macro, in the header's order.

    Parameters of the macro are parameters of the query, without the prefix `in_`. Those that the header leaves out keep
    their default.

    Args:
        file: The view or macro.
        query: The query that its header defines.

    Raises:
        KeyError: The macro has no parameter of a name in the header.
    """
    by_name = {parameter.name.removeprefix("in_"): parameter for parameter in parameters(file)}
    names = list(query.parameters or by_name)
    params = [f"-- param {name}: {_meaning(file.params[by_name[name].name], by_name[name])}" for name in names]
    arguments = [_argument(name, parameter, is_given=name in names) for name, parameter in by_name.items()]
    while arguments and list(by_name)[len(arguments) - 1] not in names:
        del arguments[-1]
    call = f"{file.name}({', '.join(arguments)})" if file.kind == "macro" else file.name
    reads = [file.name, "whole_number"] if any(by_name[name].kind in _WHOLE for name in names) else [file.name]
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
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT")


def _argument(name: str, parameter: Parameter, *, is_given: bool) -> str:
    if not is_given:
        return parameter.default or "NULL"
    if parameter.kind in _WHOLE:
        argument = f"whole_number(${name})"
    else:
        argument = f"${name}::{parameter.kind}" if parameter.kind else f"${name}"
    return argument if parameter.default in (None, "NULL") else f"coalesce({argument}, {parameter.default})"


def _meaning(meaning: str, parameter: Parameter) -> str:
    """Return a parameter's meaning and its effect when not given."""
    if parameter.default is None:
        return meaning
    words, _, effect = meaning.partition("; ")
    names = {"NULL": effect.removeprefix("NULL takes "), "FALSE": "off", "TRUE": "on"}
    default = names.get(parameter.default, parameter.default)
    return f"{words}; {default} unless given" if default else words or "NULL unless given"

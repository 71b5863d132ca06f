"""Translates the views, macros and queries of `queries/` to Spark SQL, by rewriting their syntax trees.

Calls of macros are replaced by their bodies, so that each statement is complete: Spark allows no aggregate in a scalar
function, and no parameter that is passed on to an aggregate behind an outer join. A test checks that
the files have only syntax that means the same in both engines.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one
from sqlglot.errors import ErrorLevel

from irdb_sql.core import catalog as sql_catalog
from irdb_sql.core.signatures import parameters, statement
from irdb_sql.spark.rewrites import rewritten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.spark.column_types import Columns

    ViewNames = Mapping[str, str]
    """Name of each view in the Spark session; a view without one is replaced by its statement."""


def query_text(query: SqlFile, columns: Columns, views: ViewNames) -> str:
    """Return the Spark SQL of a named query, with its parameters as `:name`.

    Args:
        query: The query.
        columns: Names and types of the columns that it returns.
        views: Names of views in the session.
    """
    return _select_cast(file_tree(query, views, itertools.count(1)), columns)


def unordered_text(query: SqlFile, columns: Columns, views: ViewNames) -> tuple[str, list[str]]:
    """Return the Spark SQL of a query without its ORDER BY but with sort keys as last columns, and their names."""
    tree, read_views = _parse(statement(query))
    tree = tree.copy()
    keys = [ordered.this for ordered in tree.args.pop("order").expressions]
    names = [f"order_{number}" for number, _ in enumerate(keys)]
    for name, key in zip(names, keys, strict=True):
        tree.append("expressions", exp.alias_(key, name))
    return _select_cast(_expand(tree, read_views, views, itertools.count(1)), columns, names), names


def call_text(macro: SqlFile, columns: Columns, views: ViewNames, arguments: int) -> str:
    """Return the Spark SQL that calls a table macro.

    Args:
        macro: The macro.
        columns: Names and types of the columns that it returns.
        views: Names of views in the session.
        arguments: Number of positional arguments; each is a parameter `:name`.
    """
    given = ", ".join(f"${one.name}::{one.kind}" for one in parameters(macro)[:arguments])
    tree, read_views = _parse(f"SELECT * FROM {macro.name}({given})")  # noqa: S608 - names of ours
    return _select_cast(_expand(tree, read_views, views, itertools.count(1)), columns)


def body_text(file: SqlFile, columns: Columns, views: ViewNames) -> str:
    """Return the Spark SQL of the statement in a view or table macro.

    Args:
        file: The view or macro.
        columns: Names and types of the columns that it returns.
        views: Names of views in the session.
    """
    return _select_cast(file_tree(file, views, itertools.count(1)), columns)


def view_text(view: SqlFile, columns: Columns, views: ViewNames) -> str:
    """Return the Spark SQL for all rows of a view: by its name in the session, else by its statement."""
    if view.name in views:
        return f"SELECT * FROM {views[view.name]}"  # noqa: S608 - a name of ours
    return body_text(view, columns, views)


def value_text(macro: SqlFile) -> str:
    """Return the Spark SQL of the expression in a scalar macro without an aggregate."""
    return spark_text(file_tree(macro, {}, itertools.count(1)))


def cast_columns(body: str, columns: Columns, more: Collection[str] = ()) -> str:
    """Return a SELECT that casts columns to the types that DuckDB gives them; Spark counts in other types.

    Args:
        body: The statement.
        columns: The columns.
        more: Further columns, which are taken as they are.
    """
    casts = [f"CAST({quoted(name)} AS {spark_type(kind)}) AS {quoted(name)}" for name, kind in columns]
    return f"SELECT {', '.join([*casts, *map(quoted, more)])} FROM ({body})"  # noqa: S608 - names of ours


def _select_cast(tree: exp.Expr, columns: Columns, more: Collection[str] = ()) -> str:
    return cast_columns(spark_text(tree), columns, more)


def spark_type(kind: str) -> str:
    """Return the Spark name of a DuckDB type."""
    return _spark_data_type(kind).sql(dialect="spark")


def quoted(name: str) -> str:
    """Quote a name."""
    return "`" + name.replace("`", "``") + "`"


def spark_text(tree: exp.Expr) -> str:
    """Return the Spark SQL of a syntax tree."""
    for limit in list(tree.find_all(exp.Limit)):
        _fold(limit)
    return tree.sql(
        dialect="spark",
        unsupported_level=ErrorLevel.RAISE,
        normalize_functions=False,
        identify=True,
        comments=False,
        copy=False,
    )


def parse_expression(text: str) -> exp.Expr:
    """Parse an expression of DuckDB into the syntax tree of the same expression in Spark."""
    return rewritten(parse_one(text, dialect="duckdb"))


@functools.lru_cache(maxsize=512)
def _parse(text: str) -> tuple[exp.Expr, frozenset[str]]:
    """Parse a statement of DuckDB into a tree for Spark with views and macros unexpanded; return it and its views."""
    tree = parse_one(text, dialect="duckdb")
    common_tables = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    tables = {table.name.lower() for table in tree.find_all(exp.Table) if not table.db}
    return rewritten(tree), frozenset((tables & sql_catalog.load().views.keys()) - common_tables)


def file_tree(file: SqlFile, views: ViewNames, numbers: Iterator[int]) -> exp.Expr:
    """Return the statement of a file with what it names in its place.

    Args:
        file: The file.
        views: Names of views in the session.
        numbers: Numbers that tell common tables of several files apart.
    """
    tree, read_views = _parse(statement(file))
    return _expand(tree, read_views, views, numbers)


def _expand(tree: exp.Expr, read_views: Collection[str], views: ViewNames, numbers: Iterator[int]) -> exp.Expr:
    """Put views and macros in the places where a statement names them, children before parents."""
    tree = tree.copy()
    for node in reversed(list(tree.walk())):
        expanded = _expand_node(node, read_views, views, numbers)
        if expanded is None:
            continue
        if node is tree:
            tree = expanded
        else:
            node.replace(expanded)
    return tree


def _expand_node(
    node: exp.Expr, read_views: Collection[str], views: ViewNames, numbers: Iterator[int]
) -> exp.Expr | None:
    """Return what stands in the place of a node that names a view or calls a macro."""
    catalog = sql_catalog.load()
    if isinstance(node, exp.Table):
        if isinstance(node.this, exp.Anonymous) and node.this.name.lower() in catalog.macros:
            macro = catalog.macros[node.this.name.lower()]
            body = replace_columns(file_tree(macro, views, numbers), _arguments(node.this, macro))
            return _subquery(node, body, macro.name, numbers)
        if not node.db and node.name.lower() in read_views:
            return _expand_view(node, catalog.views[node.name.lower()], views, numbers)
    elif isinstance(node, exp.Anonymous) and not isinstance(node.parent, exp.Table):
        value = catalog.macros.get(node.name.lower())
        if value is not None:
            return exp.paren(replace_columns(file_tree(value, views, numbers), _arguments(node, value)), copy=False)
    return None


def _expand_view(node: exp.Table, file: SqlFile, views: ViewNames, numbers: Iterator[int]) -> exp.Expr:
    if file.name not in views:
        return _subquery(node, file_tree(file, views, numbers), file.name, numbers)
    table = exp.to_table(views[file.name], dialect="spark")
    table.set("alias", exp.TableAlias(this=exp.to_identifier(node.alias or file.name)))
    return table


def _subquery(node: exp.Table, body: exp.Expr, name: str, numbers: Iterator[int]) -> exp.Expr:
    """Make a subquery whose common tables have names that no other has: they all come to stand at the top."""
    number = next(numbers)
    ctes = body.ctes if isinstance(body, exp.Query) else []
    cte_names = {cte.alias for cte in ctes}
    for table in body.find_all(exp.Table) if cte_names else ():
        if table.name in cte_names and not table.db:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(f"{table.name}_{number}"))
    for cte in ctes:
        cte.set("alias", exp.TableAlias(this=exp.to_identifier(f"{cte.alias}_{number}")))
    return exp.Subquery(this=body, alias=exp.TableAlias(this=exp.to_identifier(node.alias or name)))


def _arguments(call: exp.Anonymous, macro: SqlFile) -> dict[str, exp.Expr]:
    """Pair the parameters of a macro with what a call gives, by place or by name, or their defaults."""
    by_name = {one.this.name.lower(): one.expression for one in call.expressions if isinstance(one, exp.PropertyEQ)}
    by_place = [one for one in call.expressions if not isinstance(one, exp.PropertyEQ)]
    arguments: dict[str, exp.Expr] = {}
    for place, parameter in enumerate(parameters(macro)):
        value = by_place[place] if place < len(by_place) else by_name.get(parameter.name)
        value = parse_expression(str(parameter.default)) if value is None else value
        typed = _typed(value, parameter.kind) if parameter.kind else exp.paren(value, copy=False)
        arguments[parameter.name] = typed
    return arguments


def _typed(value: exp.Expr, kind: str) -> exp.Expr:
    """Cast what is no constant or parameter of that type already, which would be cast anew at every level."""
    to = _spark_data_type(kind)
    return value if isinstance(value, exp.Cast) and value.to == to else exp.Cast(this=value, to=to.copy())


@functools.cache
def _spark_data_type(kind: str) -> exp.Expr:
    return rewritten(exp.DataType.build(kind, dialect="duckdb"))


def replace_columns(tree: exp.Expr, values: Mapping[str, exp.Expr]) -> exp.Expr:
    """Put values in the places of columns without a table: arguments in those of a macro's parameters."""
    for node in list(tree.find_all(exp.Column)):
        if not node.table and node.name in values:
            value = values[node.name].copy()
            if isinstance(value, exp.Cast) and isinstance(node.parent, exp.Cast) and node.parent.to == value.to:
                value = value.this
            if node is tree:
                return value
            node.replace(value)
    return tree


def _fold(limit: exp.Limit) -> None:
    """Let a number of rows be known before anything runs: what refuses a value there is a cast that fails."""
    for node in list(limit.find_all(exp.Anonymous)):
        if node.name == "raise_error":
            node.replace(exp.cast(node.expressions[0], "INTEGER"))

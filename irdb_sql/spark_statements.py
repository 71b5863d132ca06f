"""Writes the views, macros and queries of `queries/` as Apache Spark says them, from their syntax trees.

Macros are put in the place of their calls, so that each statement stands for itself: Spark takes no aggregate in a
function that is a value, and no parameter that is handed on to an aggregate behind an outer join.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one
from sqlglot.errors import ErrorLevel

from irdb_sql import sqlfiles
from irdb_sql.spark_constructs import refuse_unlisted
from irdb_sql.spark_rewrites import rewritten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from irdb_sql.binding import Params
    from irdb_sql.sqlfiles import SqlFile

Columns = list[tuple[str, str]]
"""Names of columns and the types that the engine of the files, DuckDB, reports of them."""

MARK = "irdb_sql"
"""The property of a view in Spark that tells that it is ours."""

_PLACED = "argument_"
_HEAD = re.compile(r"CREATE OR REPLACE (?:VIEW \w+|MACRO \w+\((?P<params>[^)]*)\))\s+AS(?: TABLE)?\n")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a macro.

    Attributes:
        name: How it is called.
        kind: Its type, as the file writes it; None takes any.
        default: What it is where it is not given, as SQL; None where it must be.
    """

    name: str
    kind: str | None
    default: str | None


def parameters(file: SqlFile) -> list[Parameter]:
    """Read the parameters of a macro from its statement."""
    head = _HEAD.search(file.text)
    found = []
    for written in (head["params"] or "").split(",") if head else ():
        if written.strip():
            words, _, default = written.partition(":=")
            name, *kind = words.split()
            found.append(Parameter(name, " ".join(kind) or None, default.strip() or None))
    return found


def view_statement(file: SqlFile, columns: Columns, named: Mapping[str, str], base: str | None = None) -> str:
    """Write what defines a view.

    Args:
        file: The view.
        columns: Its columns.
        named: The name that each view has there, this one and those that it reads.
        base: The statement that stands in the place of its own.
    """
    body = _cast_columns(file, columns, named, base)
    return f"CREATE OR REPLACE VIEW {named[file.name]} TBLPROPERTIES ('{MARK}' = 'view') AS {body}"


def function_statement(file: SqlFile, columns: Columns, named: Mapping[str, str], name: str) -> str:
    """Write what defines a macro that is a table as a function.

    Args:
        file: The macro.
        columns: Its columns.
        named: The name that each view has there.
        name: What to call the function.
    """
    takes = ", ".join(map(_written, parameters(file)))
    returns = ", ".join(f"{quoted(column)} {spark_type(kind)}" for column, kind in columns)
    body = _cast_columns(file, columns, named)
    return f"CREATE OR REPLACE FUNCTION {name}({takes}) RETURNS TABLE({returns}) RETURN {body}"


def translated(text: str, params: Params, named: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    """Write a statement of the files' SQL as Spark says it, with its parameters.

    Args:
        text: The statement; `$name` becomes `:name`, and each `?` a name.
        params: Values of its parameters.
        named: The name that each view has in Spark; one that has none is put in its place.

    Raises:
        ConstructError: It has a construct that may mean something else to Spark.
    """
    tree = _expanded(*_statement_tree(text), named, itertools.count(1))
    if isinstance(params, Mapping):
        return _text(tree), dict(params)
    return _text(tree), {f"{_PLACED}{number}": value for number, value in enumerate(params or ())}


def unordered(
    text: str, params: Mapping[str, object], named: Mapping[str, str]
) -> tuple[str, dict[str, object], list[str]]:
    """Write a query as `translated` does, but without its order, which columns at its end tell; returns their names."""
    tree, views = _statement_tree(text)
    tree = tree.copy()
    keys = [ordered.this for ordered in tree.args.pop("order").expressions]
    names = [f"order_{number}" for number, _ in enumerate(keys)]
    for name, key in zip(names, keys, strict=True):
        tree.append("expressions", exp.alias_(key, name))
    return _text(_expanded(tree, views, named, itertools.count(1))), dict(params), names


def call_text(macro: str, arguments: Sequence[object]) -> tuple[str, dict[str, object]]:
    """Write a call of a macro that is a table, with arguments by place, and its parameters."""
    taken = parameters(sqlfiles.load().macros[macro])[: len(arguments)]
    given = ", ".join(f"${one.name}::{one.kind}" for one in taken)
    values = zip([one.name for one in taken], arguments, strict=True)
    return f"SELECT * FROM {macro}({given})", dict(values)  # noqa: S608 - names of ours


def base_statement(
    relation: str, types: Mapping[str, str], split: str | None, offsets: Mapping[str, int] | None
) -> str:
    """Write the statement of `parquet_file` over what Spark reads.

    Args:
        relation: What it reads, as Spark writes it.
        types: Its columns, and what Spark calls their types.
        split: Split of all its rows; None takes the column `split`, or each row's from its path.
        offsets: The row_index of the first row of each file that has rows; None takes the column `row_index`.
    """
    tree = parse_one(statement(sqlfiles.load().macros["parquet_file"]), dialect="duckdb")
    places: dict[str, exp.Expr] = {
        "file_split": exp.Literal.string(split) if split else exp.column("split") if "split" in types else exp.null(),
        "start_row": _spark_tree(
            _KNOWN.format(row="row_index", problem="a row has no row_index")
            if offsets is None
            else _KNOWN.format(row=f"element_at({_map(offsets)}, _metadata.file_path)", problem=_ADDED)
            if offsets
            else "0"
        ),
        "file_row_number": _spark_tree("_metadata.row_index" if offsets else "0"),
    }
    for column, kind in types.items():
        if kind.startswith(("float", "double", "decimal")):
            places[column] = _spark_tree(_WHOLE.format(column=column))
    if split is None:
        path = "split_part(image_path, '/', 2)"
        told = _spark_tree(_SPLIT.format(split=f"coalesce(split, {path})" if "split" in types else path))
        for node in list(tree.find_all(exp.Coalesce)):
            node.replace(told)
    tree = _with_arguments(rewritten(tree), places)
    for table in list(tree.find_all(exp.Table)):
        table.replace(exp.Table(this=exp.Var(this=relation)))
    return _text(tree)


_KNOWN = "coalesce({row}, CAST(raise_error('{problem}') AS BIGINT))"
_ADDED = "files were added to the source since it was opened: open or register it again"
_WHOLE = """CASE WHEN {column} IS NULL OR {column} = floor({column}) THEN {column}
ELSE raise_error(concat('{column} holds ', CAST({column} AS STRING), ', which is no whole number')) END"""
_SPLIT = """CASE WHEN {split} IS NULL OR {split} IN ('train', 'validation', 'test') THEN {split}
ELSE raise_error(concat('unknown split ', {split}, ': a split is train, validation or test')) END"""


def _map(offsets: Mapping[str, int]) -> str:
    entries = (
        f"{exp.Literal.string(path).sql(dialect='spark')}, CAST({row} AS BIGINT)" for path, row in offsets.items()
    )
    return f"map({', '.join(entries)})"


def _spark_tree(text: str) -> exp.Expr:
    return parse_one(text, dialect="spark")


def quoted(name: str) -> str:
    """Quote a name."""
    return "`" + name.replace("`", "``") + "`"


def spark_type(kind: str) -> str:
    """Return what Spark calls a type of the engine."""
    return rewritten(exp.DataType.build(kind, dialect="duckdb")).sql(dialect="spark")


def statement(file: SqlFile) -> str:
    """Return the statement of a view, macro or query without its header and what defines it."""
    head = _HEAD.search(file.text)
    return file.text[head.end() :] if head else file.text


def _written(one: Parameter) -> str:
    default = "" if one.default is None else f" DEFAULT {_text(_parsed(one.default))}"
    return f"{quoted(one.name)} {spark_type(one.kind or 'VARCHAR')}{default}"


def _cast_columns(file: SqlFile, columns: Columns, named: Mapping[str, str], base: str | None = None) -> str:
    """Select columns in the types that they have everywhere: Spark counts some in others."""
    select = ", ".join(f"CAST({quoted(name)} AS {spark_type(kind)}) AS {quoted(name)}" for name, kind in columns)
    return f"SELECT {select} FROM ({base or _text(_file_expanded(file, named, itertools.count(1)))})"  # noqa: S608 - names of ours


def _text(tree: exp.Expr) -> str:
    return tree.sql(
        dialect="spark",
        unsupported_level=ErrorLevel.RAISE,
        normalize_functions=False,
        identify=True,
        comments=False,
    )


def _parsed(text: str) -> exp.Expr:
    return rewritten(parse_one(text, dialect="duckdb"))


@functools.lru_cache(maxsize=512)
def _statement_tree(text: str) -> tuple[exp.Expr, frozenset[str]]:
    """Read a statement as Spark says it but for views and macros, and tell the views that it names."""
    views = sqlfiles.load().views
    names = [file.name for file in sqlfiles.load().all() if text in (file.text, statement(file))]
    tree = parse_one(text, dialect="duckdb")
    for named_argument in list(tree.find_all(exp.Kwarg)):
        name = exp.to_identifier(named_argument.name)
        named_argument.replace(exp.PropertyEQ(this=name, expression=named_argument.expression))
    for number, placed in enumerate(
        [node for node in tree.dfs() if isinstance(node, exp.Placeholder) and node.this is None]
    ):
        placed.set("this", f"{_PLACED}{number}")
    refuse_unlisted(names[0] if names else None, tree)
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    named = {table.name.lower() for table in tree.find_all(exp.Table) if not table.db}
    return rewritten(tree), frozenset((named & views.keys()) - own)


def _file_expanded(file: SqlFile, named: Mapping[str, str], numbers: Iterator[int]) -> exp.Expr:
    return _expanded(*_statement_tree(statement(file)), named, numbers)


def _expanded(tree: exp.Expr, views: Collection[str], named: Mapping[str, str], numbers: Iterator[int]) -> exp.Expr:
    """Put views and macros in the places where a statement names them, children before parents."""
    files = sqlfiles.load()
    tree = tree.copy()
    for node in reversed(list(tree.walk())):
        new: exp.Expr | None = None
        if isinstance(node, exp.Table):
            if isinstance(node.this, exp.Anonymous) and node.this.name.lower() in files.macros:
                new = _called_table(node, files.macros[node.this.name.lower()], named, numbers)
            elif not node.db and node.name.lower() in views:
                new = _read_view(node, files.views[node.name.lower()], named, numbers)
        elif isinstance(node, exp.Anonymous) and not isinstance(node.parent, exp.Table):
            macro = files.macros.get(node.name.lower())
            if macro is not None:
                body = _with_arguments(_file_expanded(macro, named, numbers), _arguments(node, macro))
                new = exp.paren(body, copy=False)
        if new is not None:
            if node is tree:
                tree = new
            else:
                node.replace(new)
    for limit in list(tree.find_all(exp.Limit)):
        _fold(limit)
    return tree


def _called_table(node: exp.Table, macro: SqlFile, named: Mapping[str, str], numbers: Iterator[int]) -> exp.Expr:
    body = _with_arguments(_file_expanded(macro, named, numbers), _arguments(node.this, macro))
    return _in_place_of(node, body, macro.name, numbers)


def _read_view(node: exp.Table, file: SqlFile, named: Mapping[str, str], numbers: Iterator[int]) -> exp.Expr:
    if file.name in named:
        found = exp.to_table(named[file.name], dialect="spark")
        found.set("alias", exp.TableAlias(this=exp.to_identifier(node.alias or file.name)))
        return found
    return _in_place_of(node, _file_expanded(file, named, numbers), file.name, numbers)


def _in_place_of(node: exp.Table, body: exp.Expr, name: str, numbers: Iterator[int]) -> exp.Expr:
    """Make a subquery whose common tables have names that no other has: they all come to stand at the top."""
    number = next(numbers)
    own = {cte.alias for cte in body.ctes} if isinstance(body, exp.Query) else set()
    for table in body.find_all(exp.Table):
        if table.name in own and not table.db:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(f"{table.name}_{number}"))
    for cte in body.ctes if isinstance(body, exp.Query) else ():
        cte.set("alias", exp.TableAlias(this=exp.to_identifier(f"{cte.alias}_{number}")))
    return exp.Subquery(this=body, alias=exp.TableAlias(this=exp.to_identifier(node.alias or name)))


def _arguments(call: exp.Anonymous, macro: SqlFile) -> dict[str, exp.Expr]:
    """Pair the parameters of a macro with what a call gives, by place or by name, or their defaults."""
    given = {one.this.name.lower(): one.expression for one in call.expressions if isinstance(one, exp.PropertyEQ)}
    placed = [one for one in call.expressions if not isinstance(one, exp.PropertyEQ)]
    arguments: dict[str, exp.Expr] = {}
    for number, one in enumerate(parameters(macro)):
        value = placed[number] if number < len(placed) else given.get(one.name)
        value = _parsed(str(one.default)) if value is None else value
        arguments[one.name] = _typed(value, one.kind) if one.kind else exp.paren(value)
    return arguments


def _typed(value: exp.Expr, kind: str) -> exp.Expr:
    """Cast what is no constant or parameter of that type already, which would be cast anew at every level."""
    cast = exp.cast(value, kind, dialect="duckdb")
    rewritten(cast)
    return value if isinstance(value, exp.Cast) and value.to == cast.to else cast


def _with_arguments(tree: exp.Expr, arguments: Mapping[str, exp.Expr]) -> exp.Expr:
    for node in list(tree.find_all(exp.Column)):
        if not node.table and node.name in arguments:
            new = arguments[node.name].copy()
            if isinstance(new, exp.Cast) and isinstance(node.parent, exp.Cast) and node.parent.to == new.to:
                new = new.this
            if node is tree:
                return new
            node.replace(new)
    return tree


def _fold(limit: exp.Limit) -> None:
    """Let a number of rows be known before anything runs: what refuses a value there is a cast that fails."""
    for node in list(limit.find_all(exp.Anonymous)):
        if node.name == "raise_error":
            node.replace(exp.cast(node.expressions[0], "INTEGER"))

"""Writes the views, macros and queries of `queries/` as Apache Spark says them, from their syntax trees.

Macros are put in the place of their calls, so that each statement stands for itself: Spark takes no aggregate in a
function that is a value, and no parameter that is handed on to an aggregate behind an outer join.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one
from sqlglot.dialects import DuckDB
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.tokenizer_core import TokenType

from irdb_sql.core import catalog as sqlfiles
from irdb_sql.core.signatures import parameters, statement
from irdb_sql.spark.constructs import refuse_other_kinds, refuse_unlisted
from irdb_sql.spark.errors import ConstructError
from irdb_sql.spark.rewrites import rewritten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from irdb_sql.core.catalog import SqlFile
    from irdb_sql.engine.parameters import Params
    from irdb_sql.spark.kinds import Types

_PLACED = "argument_"
_PLACES = (TokenType.PLACEHOLDER, TokenType.QDCOLON)  # ? and ?::


def translated(text: str, params: Params, named: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    """Write a statement of the files' SQL as Spark says it, with its parameters.

    Args:
        text: The statement; `$name` becomes `:name`, and each `?` a name.
        params: Values of its parameters.
        named: The name that each view has in Spark; one that has none is put in its place.

    Raises:
        ConstructError: It has a construct that may mean something else to Spark.
    """
    given = _given(params)
    with _refusals():
        tree, views = _statement_tree(text)
        return spark_text(_expanded(tree, views, named, itertools.count(1))), dict(given)


def refuse_operands(text: str, params: Params, types: Types) -> None:
    """Raise an error if a statement that is not of a file takes other kinds of values than mean the same to Spark.

    Args:
        text: The statement.
        params: Values of its parameters.
        types: The types of what it reads.

    Raises:
        ConstructError: It does.
    """
    if text not in _names_of_files():
        with _refusals():
            refuse_other_kinds(_read(text), _given(params), types)


def _given(params: Params) -> Mapping[str, object]:
    """Name the values of parameters; DuckDB knows a name by its letters, large or small."""
    if isinstance(params, Mapping):
        return {name.lower(): one for name, one in params.items()}
    return {f"{_PLACED}{at}": one for at, one in enumerate(params or ())}


def named_in(text: str) -> frozenset[str]:
    """Return the names of tables and functions in a statement."""
    with _refusals():
        return frozenset(node.name.lower() for node in _read(text).find_all(exp.Table, exp.Anonymous))


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell as an error of ours what a reader of syntax says that knows less than the engine of the files."""
    try:
        yield
    except SqlglotError as error:
        problem = str(error).partition("\n")[0].removesuffix(".")
        construct = f"a form that cannot be read ({problem})"
        advice = "write it in the plainest way, as in cast(? AS VARCHAR)"
        raise ConstructError("the statement", construct, advice) from error
    except RecursionError as error:
        raise ConstructError("the statement", "too much within another", "make common tables of it") from error


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
    return spark_text(_expanded(tree, views, named, itertools.count(1))), dict(params), names


def call_text(macro: str, arguments: Sequence[object]) -> tuple[str, dict[str, object]]:
    """Write a call of a macro that is a table, with arguments by place, and its parameters."""
    taken = parameters(sqlfiles.load().macros[macro])[: len(arguments)]
    given = ", ".join(f"${one.name}::{one.kind}" for one in taken)
    values = zip([one.name for one in taken], arguments, strict=True)
    return f"SELECT * FROM {macro}({given})", dict(values)  # noqa: S608 - names of ours


def quoted(name: str) -> str:
    """Quote a name."""
    return "`" + name.replace("`", "``") + "`"


def spark_text(tree: exp.Expr) -> str:
    """Write a tree as Spark reads it."""
    return tree.sql(
        dialect="spark",
        unsupported_level=ErrorLevel.RAISE,
        normalize_functions=False,
        identify=True,
        comments=False,
    )


def parsed(text: str) -> exp.Expr:
    """Read an expression as Spark says it."""
    return rewritten(parse_one(text, dialect="duckdb"))


@functools.lru_cache(maxsize=512)
def _statement_tree(text: str) -> tuple[exp.Expr, frozenset[str]]:
    """Read a statement as Spark says it but for views and macros, and the views that it names."""
    views = sqlfiles.load().views
    name = _names_of_files().get(text)
    tree = _read(text).copy()
    refuse_unlisted(name, tree)
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    named = {table.name.lower() for table in tree.find_all(exp.Table) if not table.db}
    return rewritten(tree), frozenset((named & views.keys()) - own)


@functools.lru_cache(maxsize=8)
def _read(text: str) -> exp.Expr:
    """Read a statement, whose tree is not to be changed."""
    tree = parse_one(_with_names(text), dialect="duckdb")
    for parameter in tree.find_all(exp.Placeholder):
        parameter.set("this", parameter.name.lower())
    for named_argument in list(tree.find_all(exp.Kwarg)):
        given = exp.to_identifier(named_argument.name)
        named_argument.replace(exp.PropertyEQ(this=given, expression=named_argument.expression))
    return tree


@functools.cache
def _names_of_files() -> dict[str, str]:
    """Return the name of the file that each text is, with its header or without."""
    return {text: file.name for file in sqlfiles.load().all() for text in (statement(file), file.text)}


def _with_names(text: str) -> str:
    """Give each `?` a name, by its place in the text, where a tree has them in another order."""
    places = [token.start for token in DuckDB().tokenize(text) if token.token_type in _PLACES]
    for number, place in reversed(list(enumerate(places))):
        text = f"{text[:place]}${_PLACED}{number}{text[place + 1 :]}"
    return text


def file_tree(file: SqlFile, named: Mapping[str, str], numbers: Iterator[int]) -> exp.Expr:
    """Return the statement of a file with what it names in its place; numbers tell common tables apart."""
    tree, views = _statement_tree(statement(file))
    return _expanded(tree, views, named, numbers)


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
                body = with_arguments(file_tree(macro, named, numbers), _arguments(node, macro))
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
    body = with_arguments(file_tree(macro, named, numbers), _arguments(node.this, macro))
    return _in_place_of(node, body, macro.name, numbers)


def _read_view(node: exp.Table, file: SqlFile, named: Mapping[str, str], numbers: Iterator[int]) -> exp.Expr:
    if file.name in named:
        found = exp.to_table(named[file.name], dialect="spark")
        found.set("alias", exp.TableAlias(this=exp.to_identifier(node.alias or file.name)))
        return found
    return _in_place_of(node, file_tree(file, named, numbers), file.name, numbers)


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
        value = parsed(str(one.default)) if value is None else value
        arguments[one.name] = _typed(value, one.kind) if one.kind else exp.paren(value)
    return arguments


def _typed(value: exp.Expr, kind: str) -> exp.Expr:
    """Cast what is no constant or parameter of that type already, which would be cast anew at every level."""
    cast = exp.cast(value, kind, dialect="duckdb")
    rewritten(cast)
    return value if isinstance(value, exp.Cast) and value.to == cast.to else cast


def with_arguments(tree: exp.Expr, arguments: Mapping[str, exp.Expr]) -> exp.Expr:
    """Put arguments in the places of parameters."""
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

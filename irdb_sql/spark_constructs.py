"""The constructs of SQL that mean the same in DuckDB and in Apache Spark, or are rewritten so that they do.

What is not listed here is refused, not tried: some constructs run in both and answer differently.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from irdb_sql import sqlfiles
from irdb_sql.columns import PUBLISHED, WHOLE_NUMBER
from irdb_sql.spark_errors import ConstructError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlglot.expressions import Expr

    _Rule = tuple[type[Expr] | tuple[type[Expr], ...], Callable[[Expr], bool], str, str]

ALLOWED: frozenset[type[Expr]] = frozenset({
    # statements and their parts
    exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Distinct,
    exp.Union, exp.Subquery, exp.With, exp.CTE, exp.Values, exp.Tuple, exp.Table, exp.TableAlias, exp.Alias, exp.Star,
    exp.Column, exp.Identifier, exp.Placeholder, exp.PropertyEQ, exp.Paren, exp.Literal, exp.Null,
    exp.Boolean, exp.DataType, exp.DataTypeParam, exp.Window, exp.WindowSpec, exp.Filter, exp.IgnoreNulls,
    # operators
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.Is, exp.In,
    exp.Between, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.DPipe, exp.Case, exp.If,
    exp.Cast, exp.TryCast,
    # functions of values
    exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Abs, exp.Ceil, exp.Floor, exp.Round, exp.Sqrt, exp.IsInf,
    exp.IsNan, exp.Concat, exp.ConcatWs, exp.Contains, exp.Left, exp.Length, exp.Lower, exp.Trim, exp.Replace,
    exp.SplitPart, exp.MD5, exp.RegexpExtract, exp.RegexpLike, exp.RegexpReplace, exp.Format, exp.Array, exp.Struct,
    exp.ArrayConcat, exp.Explode,
    # aggregates and windows
    exp.Count, exp.Sum, exp.Min, exp.Max, exp.ArgMin, exp.ArgMax, exp.AnyValue, exp.StddevSamp, exp.ArrayAgg, exp.Rank,
    exp.DenseRank, exp.RowNumber,
})  # fmt: skip
"""Syntax that may stand in a view, macro or query."""

FUNCTIONS = frozenset({"error", "fsum", "isfinite"})
"""Functions that sqlglot does not know, beside macros."""

ADVICE: dict[type[Expr], str] = {
    exp.Qualify: "filter a common table that has the row_number() as a column",
    exp.Avg: "write sum(…) / nullif(count(…), 0), or the macro float_mean or exact_mean",
    exp.Quantile: "count what lies below, as rating_stats does",
    exp.PercentileCont: "count what lies below, as rating_stats does",
    exp.Median: "count what lies below, as rating_stats does",
    exp.Mode: "order by the count and then by the value, as rating_stats does",
    exp.Stddev: "write stddev_samp",
    exp.Corr: "write the macro pearson",
    exp.Pivot: "write an aggregate with FILTER for each column",
    exp.Lateral: "join to a common table",
    exp.Bracket: "unnest the list",
    exp.Substring: "write left(…) or split_part(…)",
    exp.Interval: "give both ends as columns",
    exp.Intersect: "write SEMI JOIN",
    exp.Except: "write ANTI JOIN",
    exp.TableSample: "choose by the macro plain_draw",
}
"""What to write instead of syntax that is not listed."""

_TYPES = frozenset({
    exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT, exp.DataType.Type.TINYINT, exp.DataType.Type.SMALLINT,
    exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.INT128, exp.DataType.Type.DOUBLE,
    exp.DataType.Type.DECIMAL, exp.DataType.Type.BOOLEAN, exp.DataType.Type.ARRAY, exp.DataType.Type.LIST,
})  # fmt: skip
_ORDERED = (exp.ArrayAgg, exp.StddevSamp)
_ANY_CHARACTER = re.compile(r"(?:\\.|\[[^\]]*\]|[^\\\[.])*\.")
_ESCAPE = re.compile(r"\\(.)")
_SAME_ESCAPES = frozenset("sdpP.\\/$-")


def refuse_unlisted(name: str | None, tree: Expr) -> None:
    """Raise an error for the first construct of a statement that may mean something else to Spark.

    Args:
        name: The file that the statement is of, whose answers tests compare; None for one that nothing has proved.
        tree: Its syntax.

    Raises:
        ConstructError: There is one.
    """
    rules = _RULES if name is not None else (*_RULES, *_RULES_OF_OTHERS)
    for construct, advice in _unlisted(tree, rules):
        raise ConstructError(name or "the statement", construct, advice)


def _unlisted(tree: Expr, rules: Iterable[_Rule]) -> Iterator[tuple[str, str]]:
    macros = sqlfiles.load().macros
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            name = node.name.lower()
            if name == "fsum" and not _sums_in_order(node):
                yield "fsum without an order, or filtered", "write the macro float_mean"
            elif name not in FUNCTIONS and name not in macros:
                yield f"{node.name}(…)", "write it with functions that both engines have, in a macro of its own"
        elif type(node) not in ALLOWED:
            word = node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__.upper()
            yield word, ADVICE.get(type(node), "write it with what irdb_sql/spark_constructs.py lists")
        else:
            for kinds, is_wrong, construct, advice in rules:
                if isinstance(node, kinds) and is_wrong(node):
                    yield construct.format(node.sql(dialect="duckdb")), advice


def _sums_in_order(node: exp.Anonymous) -> bool:
    order = node.expressions[0] if node.expressions else None
    return isinstance(order, exp.Order) and not isinstance(node.parent, exp.Filter)


def _is_text_without(node: Expr, *forms: str) -> bool:
    return not (isinstance(node, exp.Literal) and node.this in forms)


def _has_other_pattern(node: Expr) -> bool:
    pattern = node.expression
    return (
        not isinstance(pattern, exp.Literal)
        or _ANY_CHARACTER.match(pattern.this) is not None
        or bool(set(_ESCAPE.findall(pattern.this)) - _SAME_ESCAPES)
        or "[[" in pattern.this
        or "&&" in pattern.this
    )


def _unnests_apart(node: Expr) -> bool:
    places = [place for place, one in enumerate(node.expressions) if isinstance(one.unalias(), exp.Explode)]
    return bool(places) and places[-1] - places[0] >= len(places)


def _is_fraction(node: Expr | None) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and not node.this.isdigit()


def _orders_nulls_first(node: Expr) -> bool:
    return bool(node.args.get("desc") or node.args.get("nulls_first"))


def _is_whole(node: Expr | None) -> bool:
    """Whether an expression is sure to be a whole number."""
    if isinstance(node, exp.Paren | exp.Neg | exp.Sum | exp.Min | exp.Max):
        return _is_whole(node.this)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _is_whole(node.this) and _is_whole(node.expression)
    if isinstance(node, exp.Literal):
        return not node.is_string and node.this.isdigit()
    if isinstance(node, exp.Concat):  # digits of a whole number, which the rewrite hexadecimal knows
        return bool(node.expressions[0] == exp.Literal.string("0x"))
    return isinstance(node, exp.Count | exp.Length) or (isinstance(node, exp.Column) and node.name.lower() in _WHOLE)


_WHOLE = frozenset({*(name for name, kinds in PUBLISHED.items() if kinds is WHOLE_NUMBER), "row_index", "part"})

_RULES: tuple[_Rule, ...] = (
    (
        exp.Star,
        lambda node: any(node.args.get(word) for word in ("except_", "except", "replace", "rename")),
        "{}",
        "name the columns",
    ),
    (
        exp.Distinct,
        lambda node: bool(node.args.get("on")),
        "DISTINCT ON",
        "filter a common table that has the row_number() as a column",
    ),
    (exp.Union, lambda node: bool(node.args.get("by_name")), "UNION BY NAME", "name the columns in the same order"),
    (
        exp.CTE,
        lambda node: node.args.get("materialized") is not None,
        "a MATERIALIZED common table",
        "leave the word out",
    ),
    (
        exp.Join,
        lambda node: bool(node.args.get("method") or node.args.get("using")),
        "{}",
        "say in ON which rows belong together",
    ),
    (exp.Tuple, lambda node: not isinstance(node.parent, exp.Values), "the tuple {}", "compare each value"),
    (exp.Count, lambda node: node.this is None, "count()", "write count(*)"),
    (
        (exp.ArgMin, exp.ArgMax, exp.Min, exp.Max),
        lambda node: bool(node.args.get("count")),
        "{}",
        "filter by row_number() for several rows",
    ),
    (
        exp.Order,
        lambda node: isinstance(node.parent, exp.AggFunc) and not isinstance(node.parent, _ORDERED),
        "an order within an aggregate",
        "take the order from a window",
    ),
    (
        exp.Ordered,
        lambda node: (
            _orders_nulls_first(node) and isinstance(node.find_ancestor(exp.ArrayAgg, exp.Select), exp.ArrayAgg)
        ),
        "another order within list than ascending, NULLs last",
        "order by the negative number",
    ),
    (
        exp.ArrayAgg,
        lambda node: isinstance(node.parent, exp.Filter) or isinstance(node.this, exp.Distinct | exp.Limit),
        "{}",
        "filter the rows in a common table",
    ),
    (exp.Select, _unnests_apart, "lists that are unnested apart", "unnest them one behind the other"),
    (
        exp.RegexpReplace,
        lambda node: _is_text_without(node.args.get("modifiers") or exp.null(), "g"),
        "regexp_replace without 'g' alone",
        "give 'g', which replaces all matches",
    ),
    (
        exp.RegexpReplace,
        lambda node: (
            not isinstance(node.args["replacement"], exp.Literal)
            or not {*node.args["replacement"].this}.isdisjoint("\\$")
        ),
        "the replacement in {}",
        "replace by text without backslash and dollar sign",
    ),
    (
        (exp.RegexpLike, exp.RegexpExtract),
        lambda node: bool(node.args.get("flag") or node.args.get("parameters")),
        "a pattern with options",
        "write both cases into the pattern",
    ),
    (
        (exp.RegexpExtract, exp.RegexpLike, exp.RegexpReplace),
        _has_other_pattern,
        "a pattern of another kind in {}",
        "write it as text, and characters in brackets: . and most escapes differ at line ends",
    ),
    (
        exp.SplitPart,
        lambda node: not _is_text_without(node.args["delimiter"], ""),
        "{}",
        "split at some text",
    ),
    (exp.Left, lambda node: isinstance(node.expression, exp.Neg), "{}", "count from the length"),
    (exp.Format, lambda node: _is_text_without(node.this, "{:,}", "{:.2f}"), "{}", "format numbers as {:,} or {:.2f}"),
    (
        exp.Struct,
        lambda node: not all(isinstance(one, exp.PropertyEQ) for one in node.expressions),
        "a struct without names",
        "name its fields",
    ),
    (exp.DataType, lambda node: node.this not in _TYPES, "the type {}", "take a type of the published columns"),
    (
        exp.Div,
        lambda node: _is_fraction(node.this) or (_is_fraction(node.expression) and "e" not in node.expression.this),
        "{}",
        "cast the fraction to DOUBLE",
    ),
    (
        exp.Cast,
        lambda node: _is_fraction(node.this) and node.args["to"].this in exp.DataType.INTEGER_TYPES,
        "{}",
        "write the whole number",
    ),
)
"""What is wrong with constructs that are listed, but not in every form: how it is called, and what to write instead."""

_RULES_OF_OTHERS: tuple[_Rule, ...] = (
    (
        exp.Cast,
        lambda node: node.args["to"].this in exp.DataType.INTEGER_TYPES and not _is_whole(node.this),
        "{}, which would round here and cut off there",
        "cast columns of whole numbers alone, and round what comes back",
    ),
    (exp.TryCast, lambda _node: True, "{}", "cast, and leave out what cannot be cast by a pattern"),
    (exp.Round, lambda _node: True, "{}", "round what comes back"),
)
"""What else is wrong with statements that nobody has compared."""

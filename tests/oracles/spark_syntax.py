"""Which syntax may stand in `queries/`, so that it means the same in DuckDB and in Apache Spark.

What is not listed is a fault, as some constructs run in both and answer differently. To use another one, compare what
both answer, list it here, and add a rewrite if Spark says it in other words; or give the macro a header `spark: no, …`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    Rule = tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[[exp.Expr], bool], str]

ALLOWED: frozenset[type[exp.Expr]] = frozenset({
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
    exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Abs, exp.Ceil, exp.Floor, exp.Round, exp.Sqrt, exp.Sign, exp.Exp, exp.Ln, exp.Pow,
    exp.IsInf, exp.IsNan, exp.ArrayContains, exp.Concat, exp.ConcatWs, exp.Contains, exp.Left, exp.Length, exp.Lower, exp.Trim, exp.Replace,
    exp.Split, exp.SplitPart, exp.MD5, exp.RegexpExtract, exp.RegexpLike, exp.RegexpReplace, exp.Format, exp.Array, exp.Struct,
    exp.Explode,
    # aggregates and windows
    exp.Count, exp.Sum, exp.Min, exp.Max, exp.ArgMin, exp.ArgMax, exp.AnyValue, exp.StddevSamp, exp.ArrayAgg, exp.Rank,
    exp.DenseRank, exp.RowNumber, exp.LogicalAnd, exp.Exists,
})  # fmt: skip
"""Syntax that may stand in a view, macro or query."""

FUNCTIONS = frozenset({"error", "isfinite", "list_aggregate"})
"""Functions that sqlglot does not know, beside macros."""

_TYPES = frozenset({
    exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT, exp.DataType.Type.TINYINT, exp.DataType.Type.SMALLINT,
    exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.INT128, exp.DataType.Type.DOUBLE,
    exp.DataType.Type.DECIMAL, exp.DataType.Type.BOOLEAN, exp.DataType.Type.ARRAY, exp.DataType.Type.LIST,
})  # fmt: skip
_ORDERED = (exp.ArrayAgg, exp.StddevSamp)
_ANY_CHARACTER = re.compile(r"(?:\\.|\[[^\]]*\]|[^\\\[.])*\.")
_ESCAPE = re.compile(r"\\(.)")
_SAME_ESCAPES = frozenset("sdpPx.\\/$-")


def faults(tree: exp.Expr, macros: Collection[str]) -> Iterator[str]:
    """Yield what a statement has that may mean something else to Spark.

    Args:
        tree: Its syntax.
        macros: Names of the macros that it may call.
    """
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            if node.name.lower() not in FUNCTIONS and node.name.lower() not in macros:
                yield f"{node.name}(…) is not in FUNCTIONS"
        elif type(node) not in ALLOWED:
            yield f"{type(node).__name__} is not in ALLOWED"
        for kinds, is_wrong, fault in RULES:
            if isinstance(node, kinds) and is_wrong(node):
                yield fault


def _is_fraction(node: exp.Expr | None) -> bool:
    """Whether it is a number that is written with a point or an exponent."""
    return isinstance(node, exp.Literal) and not node.is_string and not node.this.isdigit()


def _is_other_text(node: exp.Expr, *forms: str) -> bool:
    return not (isinstance(node, exp.Literal) and node.this in forms)


def _has_other_pattern(node: exp.Expr) -> bool:
    pattern = node.expression
    return (
        not isinstance(pattern, exp.Literal)
        or _ANY_CHARACTER.match(pattern.this) is not None
        or bool(set(_ESCAPE.findall(pattern.this)) - _SAME_ESCAPES)
        or "[[" in pattern.this
        or "&&" in pattern.this
    )


def _unnests_several(node: exp.Expr) -> bool:
    return sum(isinstance(one.unalias(), exp.Explode) for one in node.expressions) > 1


def _orders_list_otherwise(node: exp.Expr) -> bool:
    is_in_list = isinstance(node.find_ancestor(exp.ArrayAgg, exp.Select), exp.ArrayAgg)
    return is_in_list and bool(node.args.get("desc") or node.args.get("nulls_first"))


def _sums_in_no_order(node: exp.Expr) -> bool:
    if node.name.lower() != "list_aggregate":
        return False
    values, name = node.expressions
    return (
        _is_other_text(name, "fsum") or not isinstance(values, exp.ArrayAgg) or not isinstance(values.this, exp.Order)
    )


RULES: tuple[Rule, ...] = (
    (
        exp.Split,
        lambda node: _is_other_text(node.expression, ","),
        "a text is split by something else than a comma, which Spark takes for a pattern",
    ),
    (
        exp.Anonymous,
        _sums_in_no_order,
        "list_aggregate of no ordered list, or with another aggregate than fsum: call float_mean",
    ),
    (exp.Literal, lambda node: "${" in node.this, "text has ${, which Spark replaces by a setting"),
    (
        exp.Neg,
        lambda node: isinstance(node.this, exp.Placeholder),
        "a parameter is negated: a value below 0 would begin a comment",
    ),
    (
        exp.DPipe,
        lambda node: any(
            isinstance(one, exp.Binary) and not isinstance(one, exp.DPipe) for one in node.iter_expressions()
        ),
        "|| stands beside another operator, which binds otherwise: put that in parentheses",
    ),
    (
        exp.Star,
        lambda node: any(node.args.get(word) for word in ("except_", "except", "replace", "rename")),
        "* leaves out or changes columns: name the columns",
    ),
    (exp.Distinct, lambda node: bool(node.args.get("on")), "DISTINCT ON: filter by row_number()"),
    (exp.Union, lambda node: bool(node.args.get("by_name")), "UNION BY NAME: name the columns in the same order"),
    (exp.CTE, lambda node: node.args.get("materialized") is not None, "MATERIALIZED: leave the word out"),
    (
        exp.Join,
        lambda node: bool(node.args.get("method") or node.args.get("using")),
        "a join without ON: say there which rows belong together",
    ),
    (exp.Tuple, lambda node: not isinstance(node.parent, exp.Values), "a tuple: compare each value"),
    (exp.With, lambda node: bool(node.args.get("recursive")), "WITH RECURSIVE: name each step"),
    (
        exp.WindowSpec,
        lambda node: node.args.get("kind") == "GROUPS" or bool(node.args.get("exclude")),
        "a window of GROUPS or with EXCLUDE: count ROWS or RANGE",
    ),
    (exp.Count, lambda node: node.this is None, "count(): write count(*)"),
    (
        (exp.ArgMin, exp.ArgMax, exp.Min, exp.Max),
        lambda node: bool(node.args.get("count")),
        "several rows of an aggregate: filter by row_number()",
    ),
    (
        exp.Order,
        lambda node: isinstance(node.parent, exp.AggFunc) and not isinstance(node.parent, _ORDERED),
        "an order within an aggregate: take the order from a window",
    ),
    (
        exp.Ordered,
        _orders_list_otherwise,
        "another order within list than ascending, NULLs last: order by the negative",
    ),
    (
        exp.ArrayAgg,
        lambda node: isinstance(node.parent, exp.Filter) or isinstance(node.this, exp.Distinct | exp.Limit),
        "list with a filter, DISTINCT or LIMIT: filter the rows in a common table",
    ),
    (exp.Select, _unnests_several, "several lists are unnested, which Spark does not zip: unnest a list of structs"),
    (
        exp.RegexpReplace,
        lambda node: _is_other_text(node.args.get("modifiers") or exp.null(), "g"),
        "regexp_replace without 'g' alone",
    ),
    (
        exp.RegexpReplace,
        lambda node: (
            not isinstance(node.args["replacement"], exp.Literal)
            or not {*node.args["replacement"].this}.isdisjoint("\\$")
        ),
        "a replacement that is no text, or has a backslash or dollar sign",
    ),
    (
        (exp.RegexpLike, exp.RegexpExtract),
        lambda node: bool(node.args.get("flag") or node.args.get("parameters")),
        "a pattern with options: write both cases into the pattern",
    ),
    (
        (exp.RegexpExtract, exp.RegexpLike, exp.RegexpReplace),
        _has_other_pattern,
        "a pattern that is no text, or has ., && or an escape that differs at line ends",
    ),
    (
        exp.SplitPart,
        lambda node: not _is_other_text(node.args["delimiter"], ""),
        "split_part at no text",
    ),
    (
        exp.Trim,
        lambda node: bool(node.args.get("position") or node.expression),
        "trim of one side, or of other characters",
    ),
    (exp.Left, lambda node: isinstance(node.expression, exp.Neg), "left up to a place from the end"),
    (
        exp.Format,
        lambda node: _is_other_text(node.this, "{:,}", "{:.2f}"),
        "format of another form than {:,} and {:.2f}",
    ),
    (
        exp.Struct,
        lambda node: not all(isinstance(one, exp.PropertyEQ) for one in node.expressions),
        "a struct whose fields have no names",
    ),
    (exp.DataType, lambda node: node.this not in _TYPES, "a type that no published column has"),
    (
        exp.Div,
        lambda node: _is_fraction(node.this) or (_is_fraction(node.expression) and "e" not in node.expression.this),
        "a fraction is divided, or divides: cast it to DOUBLE",
    ),
    (
        exp.Cast,
        lambda node: _is_fraction(node.this) and node.args["to"].this in exp.DataType.INTEGER_TYPES,
        "a fraction is cast to a whole number",
    ),
)
"""What is wrong with syntax that is listed, but not in every form."""

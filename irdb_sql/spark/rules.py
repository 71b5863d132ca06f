"""The forms of a construct that may mean something else to Apache Spark, though its other forms do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from irdb_sql.core import catalog as sqlfiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expr

    Rule = tuple[type[Expr] | tuple[type[Expr], ...], Callable[[Expr], bool], str, str]

_TYPES = frozenset({
    exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT, exp.DataType.Type.TINYINT, exp.DataType.Type.SMALLINT,
    exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.INT128, exp.DataType.Type.DOUBLE,
    exp.DataType.Type.DECIMAL, exp.DataType.Type.BOOLEAN, exp.DataType.Type.ARRAY, exp.DataType.Type.LIST,
})  # fmt: skip
_ORDERED = (exp.ArrayAgg, exp.StddevSamp)
_ANY_CHARACTER = re.compile(r"(?:\\.|\[[^\]]*\]|[^\\\[.])*\.")
_ESCAPE = re.compile(r"\\(.)")
_SAME_ESCAPES = frozenset("sdpP.\\/$-")


def _is_fraction(node: Expr | None) -> bool:
    """Whether it is a number that is written with a point or an exponent."""
    return isinstance(node, exp.Literal) and not node.is_string and not node.this.isdigit()


def _is_count(node: Expr | None) -> bool:
    """Whether it is a whole number that is written out."""
    return isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit()


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


def _orders_nulls_first(node: Expr) -> bool:
    return bool(node.args.get("desc") or node.args.get("nulls_first"))


def _has_named_columns(node: Expr) -> bool:
    alias = node.args.get("alias")
    if not (alias and alias.columns) and isinstance(node.parent, exp.Subquery):
        alias = node.parent.args.get("alias")
    return bool(alias and alias.columns) or node.parent is None


def _is_comparison(node: Expr | None) -> bool:
    return isinstance(node, exp.Predicate) and not isinstance(node, exp.Func | exp.SubqueryPredicate)


def _orders_by_hidden_column(node: Expr) -> bool:
    order = node.args.get("order")
    aliases = {
        one.alias.lower()
        for one in node.expressions
        if isinstance(one, exp.Alias) and not (isinstance(one.this, exp.Column) and one.this.name == one.alias)
    }
    keys = [] if order is None else [one.this for one in order.expressions if not isinstance(one.this, exp.Column)]
    return any(
        not column.table and column.name.lower() in aliases for key in keys for column in key.find_all(exp.Column)
    )


RULES: tuple[Rule, ...] = (
    (
        exp.Placeholder,
        lambda node: not node.name.isidentifier(),
        "the parameter {}",
        "write ? for each value, or names",
    ),
    (exp.Identifier, lambda node: "${" in node.name, "the name {}", "take one without ${, which Spark replaces"),
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
    (exp.With, lambda node: bool(node.args.get("recursive")), "WITH RECURSIVE", "name each step"),
    (
        exp.WindowSpec,
        lambda node: node.args.get("kind") == "GROUPS" or bool(node.args.get("exclude")),
        "{}",
        "count ROWS or RANGE, and leave out nothing",
    ),
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
    (
        exp.Trim,
        lambda node: bool(node.args.get("position") or node.expression),
        "{}",
        "write trim(…) of the text alone, or replace(…)",
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

_OTHER_QUANTIFIER = re.compile(r"\(\?|[*+?}]\+")
_MAYBE_EMPTY = re.compile(r"[*?]|\{0|\|\)|\(\||^\||\|$|^$")

RULES_OF_OTHERS: tuple[Rule, ...] = (
    (
        exp.Values,
        lambda node: not _has_named_columns(node),
        "VALUES whose columns have no names",
        "name them, as in (VALUES (1, 2)) AS given(a, b)",
    ),
    (
        exp.Select,
        _orders_by_hidden_column,
        "an order by an expression of a name that hides a column",
        "take another name",
    ),
    (exp.Left, lambda node: not _is_count(node.expression), "{}", "count with a number, as in left(prompt, 8)"),
    (
        exp.Div,
        lambda node: any(_is_fraction(one) and "e" not in one.this.lower() for one in node.find_all(exp.Literal)),
        "{}",
        "write the fraction as 5e-1, or as a parameter",
    ),
    ((exp.Ceil, exp.Floor), lambda _node: True, "{}", "round what comes back"),
    (
        exp.DataType,
        lambda node: node.this == exp.DataType.Type.DECIMAL,
        "the type {}",
        "cast to DOUBLE or BIGINT",
    ),
    (
        (exp.RegexpExtract, exp.RegexpLike, exp.RegexpReplace),
        lambda node: _OTHER_QUANTIFIER.search(node.expression.name) is not None,
        "a pattern of another kind in {}",
        "write it without (?, and without a + behind *, + or ?",
    ),
    (
        exp.RegexpReplace,
        lambda node: _MAYBE_EMPTY.search(node.expression.name) is not None,
        "a pattern that may match nothing in {}",
        "write + instead of *, ? and {0,…}",
    ),
    (
        exp.Predicate,
        lambda node: any(map(_is_comparison, (node.this, node.args.get("expression")))),
        "{}",
        "put the inner comparison in parentheses",
    ),
    (exp.In, lambda node: bool(node.args.get("query")), "{}, which is FALSE there where it is NULL", "write SEMI JOIN"),
    (
        exp.Anonymous,
        lambda node: bool(node.find(exp.Query)) and node.name.lower() in sqlfiles.load().macros,
        "a query as an argument of {}",
        "name what it returns in a common table",
    ),
    (exp.Struct, lambda _node: True, "{}", "give its fields as columns"),
    (exp.AnyValue, lambda _node: True, "{}", "take min(…) or max(…)"),
    (exp.Sqrt, lambda _node: True, "{}, which is NaN there for a negative number", "take the root of what comes back"),
    (
        exp.CTE,
        lambda node: node.alias.lower() in {**sqlfiles.load().views, **sqlfiles.load().macros},
        "a common table with the name of a view or macro",
        "take another name",
    ),
    (exp.TryCast, lambda _node: True, "{}", "cast whole numbers, and other values when they come back"),
    (exp.Round, lambda _node: True, "{}", "round what comes back"),
)
"""What else is wrong with statements that nobody has compared."""

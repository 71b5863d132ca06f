"""The forms of a construct that may mean something else to Apache Spark, though its other forms do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from irdb_sql.columns import PUBLISHED, TEXT, WHOLE_NUMBER

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


def whole_parameters(tree: Expr) -> frozenset[str]:
    """Return the names of parameters that must not be fractions: they become whole numbers or text."""
    found = set()
    for node in tree.find_all(exp.Placeholder):
        use = node.find_ancestor(exp.Cast, exp.DPipe, exp.Concat, exp.ConcatWs, exp.Format, exp.Select)
        if not isinstance(use, exp.Select | None) and not (isinstance(use, exp.Cast) and use.to.this in _FRACTIONS):
            found.add(node.name)
    return frozenset(found)


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


def _is_whole(node: Expr | None, seen: frozenset[str] = frozenset()) -> bool:
    """Whether an expression is sure to be a whole number."""
    if isinstance(node, exp.Paren | exp.Neg | exp.Sum | exp.Min | exp.Max):
        return _is_whole(node.this, seen)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _is_whole(node.this, seen) and _is_whole(node.expression, seen)
    if isinstance(node, exp.Literal):
        return not node.is_string and node.this.isdigit()
    if isinstance(node, exp.Concat):  # digits of a whole number, which the rewrite hexadecimal knows
        return bool(node.expressions[0] == exp.Literal.string("0x"))
    if isinstance(node, exp.Column):
        return _is_every(node, _is_whole, WHOLE_COLUMNS, seen)
    return isinstance(node, exp.Count | exp.Length | exp.Placeholder)  # of whose value `whole_parameters` tells


def _is_written_alike(node: Expr | None, seen: frozenset[str] = frozenset()) -> bool:
    """Whether an expression is sure to have the same text: it is some, or no fraction."""
    if isinstance(node, exp.Paren):
        return _is_written_alike(node.this, seen)
    if isinstance(node, exp.Cast):  # which is looked at for itself
        return node.to.this not in _FRACTIONS
    if isinstance(node, exp.Coalesce):
        return all(_is_written_alike(one, seen) for one in (node.this, *node.expressions))
    if isinstance(node, exp.Case):
        values = [one.args["true"] for one in node.args["ifs"]]
        return all(_is_written_alike(one, seen) for one in (*values, node.args.get("default") or exp.null()))
    if isinstance(node, exp.Column) and _is_every(node, _is_written_alike, TEXT_COLUMNS | WHOLE_COLUMNS, seen):
        return True
    return isinstance(node, _TEXTS) or (isinstance(node, exp.Literal) and node.is_string) or _is_whole(node, seen)


def _is_every(
    column: exp.Column,
    is_so: Callable[[Expr | None, frozenset[str]], bool],
    names: frozenset[str],
    seen: frozenset[str],
) -> bool:
    """Whether everything that a statement calls by a name is so; the name is known where it calls nothing by it."""
    name = column.name.lower()
    tree = column.root()
    values = [one.this for one in tree.find_all(exp.Alias) if one.alias.lower() == name]
    values += [one.expression for one in tree.find_all(exp.PropertyEQ) if one.this.name.lower() == name]
    values = [one for one in values if not (isinstance(one, exp.Column) and one.name.lower() == name)]
    is_elsewhere = any(name == one.name.lower() for alias in tree.find_all(exp.TableAlias) for one in alias.columns)
    if is_elsewhere or name in seen:
        return False
    return all(is_so(one, seen | {name}) for one in values) if values else name in names


WHOLE_COLUMNS = frozenset({
    *(name for name, kinds in PUBLISHED.items() if kinds is WHOLE_NUMBER), "row_index", "part", "first_row", "images",
    "pairs", "strict_pairs", "tied_pairs", "ranks", "ranked_images", "rank_gap", "prompts", "best_rank", "worst_rank",
    "better_rank", "worse_rank", "better_row", "worse_row",
})  # fmt: skip
"""Columns that are whole numbers in every view and macro."""

TEXT_COLUMNS = frozenset({
    *(name for name, kinds in PUBLISHED.items() if kinds is TEXT), "split", "better_path", "worse_path", "scorer",
    "generator", "kind", "image_id",
})  # fmt: skip
"""Columns that are text in every view and macro."""

_TEXTS = (
    exp.DPipe, exp.Concat, exp.ConcatWs, exp.Lower, exp.Trim, exp.Replace, exp.Left, exp.SplitPart, exp.MD5, exp.Format,
    exp.RegexpExtract, exp.RegexpReplace, exp.Placeholder, exp.Null, exp.Boolean,
)  # fmt: skip
_FRACTIONS = (exp.DataType.Type.DOUBLE, exp.DataType.Type.DECIMAL)


RULES: tuple[Rule, ...] = (
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

_AS_TEXT = "make text of text and whole numbers, and of fractions when they come back"

RULES_OF_OTHERS: tuple[Rule, ...] = (
    (
        exp.Cast,
        lambda node: node.args["to"].this in exp.DataType.INTEGER_TYPES and not _is_whole(node.this),
        "{}, which would round here and cut off there",
        "cast columns of whole numbers alone, and round what comes back",
    ),
    (exp.TryCast, lambda _node: True, "{}", "cast, and leave out what cannot be cast by a pattern"),
    (exp.Round, lambda _node: True, "{}", "round what comes back"),
    (
        exp.Cast,
        lambda node: node.args["to"].this in exp.DataType.TEXT_TYPES and not _is_written_alike(node.this),
        "{}, which would write a fraction in other digits there",
        _AS_TEXT,
    ),
    (
        (exp.DPipe, exp.Concat, exp.ConcatWs),
        lambda node: not all(_is_written_alike(one) for one in (node.expressions or (node.this, node.expression))),
        "{}, which would write a fraction in other digits there",
        _AS_TEXT,
    ),
    (
        exp.Format,
        lambda node: node.this.this != "{:,}" or not all(_is_whole(one) for one in node.expressions),
        "{}, which would write a fraction in other digits there",
        "format whole numbers as {:,}, and fractions when they come back",
    ),
)
"""What else is wrong with statements that nobody has compared."""

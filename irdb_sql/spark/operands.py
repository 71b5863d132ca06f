"""The kinds of values that constructs take, where others may mean something else to Apache Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from irdb_sql.core import catalog as sqlfiles
from irdb_sql.core.signatures import parameters
from irdb_sql.spark.kinds import (
    FRACTION,
    LIST,
    NULL,
    NUMBERS,
    SCALARS,
    TEXT,
    TRUTH,
    WHOLE,
    WRITTEN_ALIKE,
    are,
    are_alike,
    element_kind,
    kind,
    kind_of_type,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr

    from irdb_sql.spark.rules import Rule

_TEXTS, _WHOLE, _TRUTHS = frozenset({TEXT, NULL}), frozenset({WHOLE, NULL}), frozenset({TRUTH, NULL})
_TAKEN = {TEXT: WRITTEN_ALIKE, WHOLE: _WHOLE, FRACTION: NUMBERS, TRUTH: _TRUTHS, LIST: frozenset({LIST, NULL})}
"""What is cast to a kind of value with the same result."""
_UNTYPED = {"normal_text": _TEXTS, "float_list": frozenset({LIST, NULL})}
"""What macros take by parameters without a type, but for those that take numbers or truth values."""
_SPECIAL = frozenset({"Infinity", "-Infinity", "NaN"})


def _has_other_arguments(call: Expr) -> bool:
    """Whether a call of a macro gives values of other kinds than its parameters are."""
    macro = sqlfiles.load().macros.get(call.name.lower())
    if macro is None:
        return not are(call.expressions, NUMBERS if call.name.lower() == "isfinite" else SCALARS)
    takes = parameters(macro)
    named = {one.name: one for one in takes}
    given = [
        (named.get(one.this.name.lower()), one.expression) if isinstance(one, exp.PropertyEQ) else (takes[place], one)
        for place, one in enumerate(call.expressions)
        if isinstance(one, exp.PropertyEQ) or place < len(takes)
    ]
    return any(one is None or kind(value) not in _taken_by(one.kind, macro.name) for one, value in given)


def _taken_by(written: str | None, macro: str) -> frozenset[str]:
    if written is None:
        return _UNTYPED.get(macro, NUMBERS | _TRUTHS)
    return _TAKEN.get(kind_of_type(type_of(written)) or "", frozenset())


def _values(node: Expr) -> Sequence[Expr | None]:
    """Return the values that a construct compares, or chooses among."""
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    if isinstance(node, exp.In):
        return [node.this, *(node.expressions or [None])]  # one that is in something else is refused
    if isinstance(node, exp.Case):
        return _results(node)
    if isinstance(node, exp.If):
        return [] if isinstance(node.parent, exp.Case) else [node.args["true"], node.args.get("false") or exp.null()]
    if isinstance(node, exp.Coalesce | exp.Greatest | exp.Least | exp.Array):
        return [*([node.this] if node.this else []), *node.expressions]
    return [node.this, node.expression]


def _results(case: exp.Case) -> list[Expr]:
    """Return the values that a CASE may have, but for the NULL of one without ELSE."""
    default = case.args.get("default")
    return [*(one.args["true"] for one in case.args["ifs"]), *([default] if default else [])]


def _compares_other_kinds(node: Expr) -> bool:
    subject = node.this if isinstance(node, exp.Case) else None
    compared = [subject, *(one.this for one in node.args["ifs"])] if subject else []
    return not are_alike(_values(node)) or not are_alike(compared)


def _has_mixed_columns(node: Expr) -> bool:
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
    return len({len(row) for row in rows}) != 1 or not all(map(are_alike, zip(*rows, strict=True)))


def _unites_other_kinds(node: Expr) -> bool:
    one, other = ([*part.selects] if isinstance(part, exp.Query) else [] for part in (node.this, node.expression))
    return not one or len(one) != len(other) or not all(map(are_alike, zip(one, other, strict=True)))


def _sorted_by(node: Expr) -> list[Expr]:
    """Return the values by which a construct orders, groups or tells apart rows."""
    if isinstance(node, exp.Select):
        return node.expressions if node.args.get("distinct") else []
    if isinstance(node, exp.Window):
        return node.args.get("partition_by") or []
    if isinstance(node, exp.Group | exp.Distinct):
        return node.expressions
    return [node.this]


def _casts_other_kind(node: Expr) -> bool:
    given, wanted = kind(node.this), kind_of_type(node.args["to"])
    if wanted == LIST:
        return not (given == NULL or (isinstance(node.this, exp.Array) and not node.this.expressions))
    if wanted == FRACTION and isinstance(node.this, exp.Literal) and node.this.this in _SPECIAL:
        return False
    return given not in _TAKEN.get(wanted or "", frozenset())


def _operands(node: Expr) -> list[Expr | None]:
    return [one for one in (node.this, node.args.get("expression"), *node.expressions) if one is not None]


OPERANDS: tuple[Rule, ...] = (
    (
        (exp.ArgMin, exp.ArgMax),
        lambda _node: True,
        "{}, of which any of several equal rows may be the one",
        "filter a common table by a row_number() over an order without ties",
    ),
    (
        exp.Placeholder,
        lambda node: kind(node) is None,
        "the parameter {} of another kind",
        "pass text, a number, a truth value or a list of one of them",
    ),
    (
        (exp.Column, exp.TableColumn),
        lambda node: kind(node) is None,
        "the column {} of a kind that cannot be told",
        "take another",
    ),
    (
        exp.Select,
        lambda node: not all(kind(one) for one in node.expressions),
        "a column of a kind that cannot be told",
        "make it of text, numbers, truth values or lists of these",
    ),
    (
        (
            exp.EQ,
            exp.NEQ,
            exp.LT,
            exp.LTE,
            exp.GT,
            exp.GTE,
            exp.NullSafeEQ,
            exp.In,
            exp.Between,
            exp.Nullif,
            exp.Coalesce,
            exp.Case,
            exp.If,
            exp.Greatest,
            exp.Least,
            exp.Array,
        ),
        _compares_other_kinds,
        "{} of several kinds",
        "give text, numbers or truth values alone",
    ),
    (exp.Values, _has_mixed_columns, "VALUES of several kinds in a column", "give text, numbers or truth values alone"),
    (
        exp.Union,
        _unites_other_kinds,
        "a UNION of several kinds in a column",
        "name the columns, in each part text, numbers or truth values at the same place",
    ),
    (
        (
            exp.Ordered,
            exp.Group,
            exp.Window,
            exp.Min,
            exp.Max,
            exp.Distinct,
            exp.Select,
            exp.ArrayAgg,
        ),
        lambda node: not are(_sorted_by(node), SCALARS),
        "an order or list of other things than text, numbers and truth values",
        "take one of these",
    ),
    (
        (exp.And, exp.Or, exp.Not, exp.Where, exp.Having),
        lambda node: not are(_operands(node), _TRUTHS),
        "{} of what is no truth value",
        "compare it with a value",
    ),
    (
        (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Abs, exp.Sum, exp.StddevSamp, exp.IsNan, exp.IsInf),
        lambda node: not are(_operands(node), NUMBERS),
        "{} of what is no number",
        "cast whole numbers, or take a column of numbers",
    ),
    (
        (exp.IntDiv, exp.Mod),
        lambda node: not are(_operands(node), _WHOLE),
        "{}",
        "divide whole numbers, or write / for fractions",
    ),
    (
        (exp.Contains, exp.Lower, exp.Trim, exp.Replace, exp.MD5),
        lambda node: not are([*_operands(node), *filter(None, [node.args.get("replacement")])], _TEXTS),
        "{} of what is no text",
        "take a column of text, or cast whole numbers",
    ),
    (
        (exp.Left, exp.Length, exp.SplitPart, exp.RegexpLike, exp.RegexpExtract, exp.RegexpReplace),
        lambda node: not are([node.this], _TEXTS),
        "{} of what is no text",
        "take a column of text, or cast whole numbers",
    ),
    (
        exp.Cast,
        _casts_other_kind,
        "{}",
        "cast whole numbers to DOUBLE or VARCHAR, and other values when they come back",
    ),
    (
        (exp.Concat, exp.ConcatWs, exp.DPipe),
        lambda node: not are(_operands(node), WRITTEN_ALIKE),
        "{} of other things than text and whole numbers",
        "make text of text and whole numbers, and of fractions when they come back",
    ),
    (exp.DPipe, lambda node: NULL in map(kind, _operands(node)), "{}", "write NULL alone"),
    (
        exp.Format,
        lambda node: node.this.this != "{:,}" or not are(node.expressions, _WHOLE),
        "{} of other things than whole numbers",
        "format whole numbers as {:,}, and fractions when they come back",
    ),
    (
        exp.Limit,
        lambda node: kind(node.expression) != WHOLE,
        "{} of what is no whole number",
        "give a whole number",
    ),
    (exp.Explode, lambda node: kind(node.this) != LIST, "{}", "unnest a list"),
    (
        exp.ArrayConcat,
        lambda node: len({element_kind(one) for one in (node.this, *node.expressions)} - {None}) != 1,
        "{}",
        "put lists of one kind together",
    ),
    (
        exp.Anonymous,
        _has_other_arguments,
        "{} of other kinds than its parameters",
        "give values of the kinds that the macro takes",
    ),
)
"""What is wrong with what constructs of statements take that nobody has compared, on trees with types."""

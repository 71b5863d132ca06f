"""What Apache Spark says in other words than the engine of the files, beyond what sqlglot knows, one function each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable

    Rewrite = Callable[[exp.Expr], exp.Expr | None]


def rewritten(tree: exp.Expr) -> exp.Expr:
    """Rewrite a syntax tree in place, children before parents, and return it."""
    for node in reversed(list(tree.walk())):
        for rewrite in REWRITES:
            new = rewrite(node)
            if new is not None:
                if node is tree:
                    return new
                node.replace(new)
                break
    return tree


def _call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _calls(node: exp.Expr, name: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == name


def wide_integer(node: exp.Expr) -> exp.Expr | None:
    """Rewrite HUGEINT as DECIMAL(38, 0)."""
    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.INT128:
        return exp.DataType.build("DECIMAL(38, 0)", dialect="spark")
    return None


def concatenation(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `concat` as `concat_ws`: a NULL adds nothing to it, and makes Spark's `concat` NULL."""
    if type(node) is not exp.Concat:  # of which concat_ws is a kind
        return None
    texts = [
        one if isinstance(one, exp.Literal) and one.is_string else exp.cast(one, "VARCHAR") for one in node.expressions
    ]
    return _call("concat_ws", exp.Literal.string(""), *texts)


def joined_text(node: exp.Expr) -> exp.Expr | None:
    """Keep `concat_ws`, which leaves out NULLs in both engines; sqlglot would make them empty text."""
    if not isinstance(node, exp.ConcatWs):
        return None
    separator, *texts = node.expressions
    return _call("concat_ws", separator, *(exp.cast(one, "VARCHAR") for one in texts))


def pattern(node: exp.Expr) -> exp.Expr | None:
    r"""Rewrite `$` and `\s` of a pattern as Java must read them.

    In Java `$` also matches before a last line end, and `\s` matches the vertical tab. A function that becomes an
    operator is put in parentheses.
    """
    if isinstance(node, exp.RegexpLike | exp.RegexpExtract | exp.RegexpReplace):
        node.expression.set("this", _PART_OF_PATTERN.sub(_same_part, node.expression.this))
    return exp.paren(node) if isinstance(node, exp.RegexpLike) and not isinstance(node.parent, exp.Paren) else None


def _same_part(part: re.Match[str]) -> str:
    text = part[0]
    if text.startswith("["):
        return text.replace(r"\s", r" \t\n\f\r")
    return {"$": r"\z", r"\s": r"[ \t\n\f\r]"}.get(text, text)


_PART_OF_PATTERN = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\.|\$")


def hexadecimal(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `cast(concat('0x', digits) AS T)`, which Spark cannot, as `cast(conv(digits, 16, 10) AS T)`."""
    if isinstance(node, exp.Cast) and _calls(node.this, "concat_ws"):  # `concat` before `concatenation` rewrote it
        _, first, *digits = node.this.expressions
        if isinstance(first, exp.Literal) and first.this == "0x" and len(digits) == 1:
            return exp.cast(_call("conv", digits[0], exp.Literal.number(16), exp.Literal.number(10)), node.to)
    return None


def ordered_list(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `list` as sorted structs: it keeps NULLs and an order, and Spark's `collect_list` neither."""
    if not isinstance(node, exp.ArrayAgg):
        return None
    value = node.this
    keys: list[exp.Expr] = []
    if isinstance(value, exp.Order):
        keys = [ordered.this for ordered in value.expressions]
        value = value.this
    fields = []
    for number, key in enumerate(keys):
        fields += [_field(f"null_{number}", key.copy().is_(exp.null())), _field(f"key_{number}", key)]
    collected = _call("collect_list", exp.Struct(expressions=[*fields, _field("value", value)]))
    got = exp.Dot(this=exp.to_identifier("entry"), expression=exp.to_identifier("value"))
    values = _call(
        "transform",
        _call("array_sort", collected) if keys else collected,
        exp.Lambda(this=got, expressions=[exp.to_identifier("entry")]),
    )
    return _unless_none(exp.Star(), values)


def _unless_none(counted: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Return NULL for what an aggregate makes of no row."""
    is_some = exp.GT(this=exp.Count(this=counted), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=is_some, true=value)])


def _field(name: str, value: exp.Expr) -> exp.Expr:
    return exp.PropertyEQ(this=exp.to_identifier(name), expression=value)


def first_of_rows(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `arg_min` and `arg_max` so that they pass over rows whose value is NULL, too."""
    if not isinstance(node, exp.ArgMin | exp.ArgMax):
        return None
    is_known = node.this.copy().is_(exp.null()).not_()
    name = "min_by" if isinstance(node, exp.ArgMin) else "max_by"
    return _call(name, node.this, exp.Case(ifs=[exp.If(this=is_known, true=node.expression)]))


def trimmed_text(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `trim` as a pattern: it removes every blank of Unicode, and Spark's that of ASCII."""
    if not isinstance(node, exp.Trim):
        return None
    blanks = exp.Literal.string(r"^\p{Zs}+|\p{Zs}+\z")
    return _call("regexp_replace", node.this, blanks, exp.Literal.string(""))


def small_letters(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `lower` letter by letter: Java knows a Σ at the end of a word, and makes two letters of İ."""
    if not isinstance(node, exp.Lower):
        return None
    node.set("this", _call("translate", node.this, exp.Literal.string("\u0130\u03a3"), exp.Literal.string("i\u03c3")))
    return None


def pairs_within(node: exp.Expr) -> exp.Expr | None:
    """Rewrite a join of a macro's rows with themselves as pairs within a list for each key.

    A join would shuffle the rows once for each side, and a list shuffles them once. The aliases of the two sides
    become structs, whose fields are called as the columns were.
    """
    self_join = _self_join(node) if isinstance(node, exp.Select) else None
    if self_join is None:
        return None
    one, other, keys = self_join
    fields = {
        column.name: None for column in node.find_all(exp.Column) if column.table in (one.alias, other.alias)
    }  # in their order, each once
    rows = exp.select(
        exp.alias_(
            _call("collect_list", exp.Struct(expressions=[_field(name, exp.column(name)) for name in fields])), "rows"
        )
    ).from_(exp.Table(this=one.this))
    rows = rows.where(*(exp.column(key).is_(exp.null()).not_() for key in keys)).group_by(*map(exp.column, keys))
    ones = exp.select(exp.alias_(exp.Explode(this=exp.column("rows")), one.alias), "rows").from_(
        rows.subquery("prompt_rows")
    )
    both = exp.select(one.alias, exp.alias_(exp.Explode(this=exp.column("rows")), other.alias)).from_(
        ones.subquery("ones")
    )
    node.set("joins", [])
    node.set("from_", exp.From(this=both.subquery("both")))
    return None


def _self_join(node: exp.Select) -> tuple[exp.Table, exp.Table, list[str]] | None:
    """Return both sides and the keys of a join of a macro's rows with themselves, if a statement reads nothing else."""
    begin, joins = node.args.get("from_"), node.args.get("joins") or []
    if begin is None or len(joins) != 1 or joins[0].side or joins[0].kind not in ("", "INNER"):
        return None
    if not isinstance(joins[0].args.get("on"), exp.And) or list(node.find_all(exp.Star)):
        return None
    one, other = begin.this, joins[0].this
    is_same = (
        isinstance(one, exp.Table) and isinstance(one.this, exp.Anonymous) and isinstance(other, exp.Table)
        and one.this == other.this
    )  # fmt: skip
    conditions = list(joins[0].args["on"].flatten())
    keys = [
        condition.left.name
        for condition in conditions
        if isinstance(condition, exp.EQ)
        and isinstance(condition.left, exp.Column)
        and isinstance(condition.right, exp.Column)
        and (condition.left.table, condition.right.table) == (one.alias, other.alias)
        and condition.left.name == condition.right.name
    ]
    return (one, other, keys) if is_same and keys and len(keys) == len(conditions) else None


_NUMBERS = {"{:,}": "#,##0", "{:.2f}": "0.00"}


def number_format(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `format('{:,}', n)` as `format_number(n, '#,##0')`."""
    if isinstance(node, exp.Format) and node.this.this in _NUMBERS:
        return _call("format_number", node.expressions[0], exp.Literal.string(_NUMBERS[node.this.this]))
    return None


def finite(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `isnan`, `isinf` and `isfinite` as comparisons; in Spark NaN is greater than every number."""
    if isinstance(node, exp.IsNan):  # which Spark's own makes of NULL, too
        return exp.paren(exp.EQ(this=node.this, expression=_special_number("NaN")))
    if isinstance(node, exp.IsInf):
        return exp.paren(exp.EQ(this=exp.Abs(this=node.this), expression=_special_number("Infinity")))
    if _calls(node, "isfinite"):
        return exp.paren(exp.LT(this=exp.Abs(this=node.expressions[0]), expression=_special_number("Infinity")))
    return None


def _special_number(name: str) -> exp.Expr:
    return exp.cast(exp.Literal.string(name), "DOUBLE")


def summed_list(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `list_aggregate(list, 'fsum')` as the sum of the numbers of the list, in its order."""
    if not isinstance(node, exp.Anonymous) or not _calls(node, "list_aggregate"):
        return None
    total, one = exp.to_identifier("total"), exp.to_identifier("one")
    is_number = exp.Lambda(this=exp.column("one").is_(exp.null()).not_(), expressions=[one.copy()])
    numbers = _call("filter", node.expressions[0], is_number)
    added = exp.Lambda(this=exp.Add(this=exp.column("total"), expression=exp.column("one")), expressions=[total, one])
    summed = _call("aggregate", numbers, exp.cast(exp.Literal.number(0), "DOUBLE"), added)
    is_some = exp.GT(this=_call("size", numbers.copy()), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=is_some, true=summed)])


def ordered_deviation(node: exp.Expr) -> exp.Expr | None:
    """Leave out an order within `stddev_samp`, which is for the last bits alone: Spark takes none."""
    if isinstance(node, exp.StddevSamp) and isinstance(node.this, exp.Order):
        return exp.StddevSamp(this=node.this.this)
    return None


def refusal(node: exp.Expr) -> exp.Expr | None:
    """Rewrite `error` as `raise_error`."""
    return (
        _call("raise_error", *node.expressions) if isinstance(node, exp.Anonymous) and _calls(node, "error") else None
    )


REWRITES: tuple[Rewrite, ...] = (
    wide_integer,
    concatenation,
    joined_text,
    pattern,
    hexadecimal,
    ordered_list,
    first_of_rows,
    trimmed_text,
    small_letters,
    pairs_within,
    number_format,
    finite,
    summed_list,
    ordered_deviation,
    refusal,
)
"""All of them; each has a test of its own."""

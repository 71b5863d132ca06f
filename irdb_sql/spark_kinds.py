"""What an expression is sure to be, as far as its syntax and names tell: text, a whole number, a fraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from irdb_sql.columns import PUBLISHED, TEXT, WHOLE_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expr


def is_fraction(node: Expr | None) -> bool:
    """Whether it is a number that is written with a point or an exponent."""
    return isinstance(node, exp.Literal) and not node.is_string and not node.this.isdigit()


def is_whole(node: Expr | None, seen: frozenset[str] = frozenset()) -> bool:
    """Whether an expression is sure to be a whole number."""
    if isinstance(node, exp.Paren | exp.Neg | exp.Sum | exp.Min | exp.Max):
        return is_whole(node.this, seen)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return is_whole(node.this, seen) and is_whole(node.expression, seen)
    if isinstance(node, exp.Concat):  # digits of a whole number, which the rewrite hexadecimal knows
        return bool(node.expressions[0] == exp.Literal.string("0x"))
    if isinstance(node, exp.Column):
        return _is_every(node, is_whole, WHOLE_COLUMNS, seen)
    if isinstance(node, exp.Count | exp.Length | exp.Placeholder):  # of whose value `whole_parameters` tells
        return True
    return is_count(node)


def is_written_alike(node: Expr | None, seen: frozenset[str] = frozenset()) -> bool:
    """Whether an expression is sure to have the same text: it is some, or no fraction."""
    if isinstance(node, exp.Paren):
        return is_written_alike(node.this, seen)
    if isinstance(node, exp.Cast):  # which is looked at for itself
        return node.to.this not in FRACTIONS
    if isinstance(node, exp.Coalesce):
        return all(is_written_alike(one, seen) for one in (node.this, *node.expressions))
    if isinstance(node, exp.Case):
        return all(is_written_alike(one, seen) for one in results(node))
    if isinstance(node, exp.Column) and _is_every(node, is_written_alike, ALIKE_COLUMNS, seen):
        return True
    return isinstance(node, _TEXTS) or (isinstance(node, exp.Literal) and node.is_string) or is_whole(node, seen)


def is_text(node: Expr | None) -> bool:
    """Whether an expression is sure to be text."""
    if isinstance(node, exp.Null | exp.Boolean | exp.Placeholder) or is_whole(node):
        return False
    return is_written_alike(node) and not (isinstance(node, exp.Cast) and node.to.this not in exp.DataType.TEXT_TYPES)


def is_number(node: Expr | None) -> bool:
    """Whether an expression is sure to be a number."""
    if isinstance(node, exp.Placeholder):
        return False
    return is_whole(node) or (isinstance(node, exp.Literal) and not node.is_string) or isinstance(node, exp.Div)


def is_count(node: Expr | None) -> bool:
    """Whether it is a whole number that is written out."""
    return isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit()


def is_literal(node: Expr) -> bool:
    """Whether it is text or a whole number that is written out."""
    return (isinstance(node, exp.Literal) and node.is_string) or is_count(node)


def results(case: exp.Case) -> list[Expr]:
    """Return the values that a CASE may have, but for the NULL of one without ELSE."""
    default = case.args.get("default")
    return [*(one.args["true"] for one in case.args["ifs"]), *([default] if default else [])]


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
    if is_elsewhere or name in seen or tree.find(exp.Union) or any(one.find(exp.Placeholder) for one in values):
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

ALIKE_COLUMNS = TEXT_COLUMNS | WHOLE_COLUMNS
"""Columns whose text is the same in both engines."""

_TEXTS = (
    exp.DPipe, exp.Concat, exp.ConcatWs, exp.Lower, exp.Trim, exp.Replace, exp.Left, exp.SplitPart, exp.MD5, exp.Format,
    exp.RegexpExtract, exp.RegexpReplace, exp.Placeholder, exp.Null, exp.Boolean,
)  # fmt: skip
FRACTIONS = (exp.DataType.Type.DOUBLE, exp.DataType.Type.DECIMAL)

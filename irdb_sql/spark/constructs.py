"""The constructs of SQL that mean the same in DuckDB and in Apache Spark, or are rewritten so that they do.

What is not listed here is refused, not tried: some constructs run in both and answer differently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from irdb_sql.core import catalog as sqlfiles
from irdb_sql.spark.errors import ConstructError
from irdb_sql.spark.kinds import with_types
from irdb_sql.spark.operands import OPERANDS
from irdb_sql.spark.rules import RULES, RULES_OF_OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlglot.expressions import Expr

    from irdb_sql.spark.kinds import Types
    from irdb_sql.spark.rules import Rule

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

ELSEWHERE = (
    "ask DuckDB, by irdb_sql.connect(…) without a session, or Spark in its own SQL after irdb_sql.spark.register"
)
"""What to do where nothing says the same."""

_MOST_LETTERS = 60


def refuse_unlisted(name: str | None, tree: Expr) -> None:
    """Raise an error for the first construct of a statement that may mean something else to Spark.

    Args:
        name: The file that the statement is of, whose answers tests compare; None for one that nothing has proved.
        tree: Its syntax.

    Raises:
        ConstructError: There is one.
    """
    rules = RULES if name is not None else (*RULES, *RULES_OF_OTHERS)
    for construct, advice in _unlisted(tree, rules):
        raise ConstructError(name or "the statement", construct, advice)


def refuse_other_kinds(tree: Expr, given: Mapping[str, object], types: Types) -> None:
    """Raise an error for the first construct of a statement that takes values of other kinds than mean the same.

    Args:
        tree: Its syntax.
        given: Values of its parameters.
        types: The types of what it reads.

    Raises:
        ConstructError: There is one.
    """
    calls = [call for call in tree.find_all(exp.Anonymous) if isinstance(call.parent, exp.Table)]
    # Where rows come from, nothing of a call is kept but the types of its columns.
    called = [one.unalias() for one in with_types(exp.select(*calls), given, types).expressions] if calls else []
    for node in (*called, *reversed(list(with_types(tree, given, types).walk()))):  # the innermost first
        for kinds, is_wrong, construct, advice in OPERANDS:
            if isinstance(node, kinds) and is_wrong(node):
                raise ConstructError("the statement", construct.format(node.sql(dialect="duckdb")), advice)


def _unlisted(tree: Expr, rules: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    macros = sqlfiles.load().macros
    for node in tree.walk():
        name = node.name.lower()
        if isinstance(node, exp.Anonymous) and name == "fsum" and not _sums_in_order(node):
            yield "fsum without an order, or filtered", "write the macro float_mean"
        elif isinstance(node, exp.Anonymous) and name not in FUNCTIONS and name not in macros:
            yield f"{node.name}(…)", ELSEWHERE
        elif not isinstance(node, exp.Anonymous) and type(node) not in ALLOWED:
            yield _shown(node), ADVICE.get(type(node), ELSEWHERE)
        for kinds, is_wrong, construct, advice in rules:
            if isinstance(node, kinds) and is_wrong(node):
                yield construct.format(node.sql(dialect="duckdb")), advice


def _shown(node: Expr) -> str:
    """Return how a statement writes a construct: a function's name, a word, or its text."""
    if isinstance(node, exp.Func):
        return node.sql_name().lower()
    if type(node) in ADVICE and not isinstance(node, exp.Bracket):
        return type(node).__name__.upper()
    text = node.sql(dialect="duckdb")
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"


def _sums_in_order(node: exp.Anonymous) -> bool:
    order = node.expressions[0] if node.expressions else None
    return isinstance(order, exp.Order) and not isinstance(node.parent, exp.Filter)

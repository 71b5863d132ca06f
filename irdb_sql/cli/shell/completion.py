"""The words that the shell completes."""

from __future__ import annotations

from irdb_sql.cli.shell.interpreter import COMMANDS
from irdb_sql.core import catalog

_KEYWORDS = (
    "select", "from", "where", "group by", "order by", "limit", "join", "left join", "using", "on", "with", "as",
    "and", "or", "not", "in", "between", "like", "is null", "case", "when", "then", "else", "end", "count", "sum",
    "avg", "min", "max", "distinct", "having", "union all", "qualify", "filter", "over", "partition by", "describe",
    "summarize", "show tables", "values", "asc", "desc", "nulls last", "group by all", "order by all", "exclude",
    "unnest",
)  # fmt: skip


def completions() -> dict[str, str]:
    """Return all completions, sorted, each with its kind.

    Example:
        >>> completions()["preference_pairs("]
        'macro'
    """
    files = catalog.load()
    words = {keyword.upper(): "keyword" for keyword in _KEYWORDS}
    words |= {column: "column" for file in files.all() for column in file.returns}
    words |= {param: "parameter" for file in files.macros.values() for param in file.params}
    words |= dict.fromkeys(files.queries, "query")
    words |= {f"{name}(": "macro" for name in files.macros}
    words |= dict.fromkeys(files.views, "view")
    words |= dict.fromkeys(COMMANDS, "command")
    return dict(sorted(words.items()))

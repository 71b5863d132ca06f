"""What repeats what a page shows: the statement as SQL, a call in Python, and a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from irdb_sql.database.opening import details_of
from irdb_sql.reports.answers import repeating_command
from irdb_sql.scorers.options import named_sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from irdb_sql.database.facade import ImageRewardDB


class Repetition(NamedTuple):
    """What repeats an answer.

    Attributes:
        sql: The statement, with the values of its parameters.
        python: Lines of Python.
        command: A command of the shell.
    """

    sql: str
    python: str
    command: str


def repeat_query(db: ImageRewardDB, name: str, params: Mapping[str, object]) -> Repetition:
    """Return what repeats a named query."""
    arguments = "".join(f", {param}={value!r}" for param, value in params.items())
    text = details_of(db).sql_files.queries[name].text
    return Repetition(
        fill_in(text, params),
        f"{_connect(db)}\ndb.query({name!r}{arguments})",
        repeating_command(details_of(db).opening, "query", name, param=dict(params)),
    )


def repeat_evaluation(db: ImageRewardDB) -> Repetition:
    """Return what repeats an evaluation; in SQL it has no intervals."""
    return Repetition(
        fill_in(details_of(db).sql_files.queries["scorer_metrics"].text, {}),
        f"{_connect(db)}\ndb.evaluate()",
        repeating_command(details_of(db).opening, "evaluate"),
    )


def repeat_statement(db: ImageRewardDB, text: str) -> Repetition:
    """Return what repeats a statement."""
    return Repetition(text, f"{_connect(db)}\ndb.sql({text!r})", repeating_command(details_of(db).opening, "sql", text))


def fill_in(text: str, params: Mapping[str, object]) -> str:
    r"""Write values for the parameters of a query's statement, and leave out its header.

    The result is shown to be copied; the explorer itself runs the query with its parameters.

    Example:
        >>> fill_in("-- name: x\nSELECT $word::VARCHAR, '$n', $n", {"word": "it's"})
        "SELECT 'it''s'::VARCHAR, '$n', NULL"
    """
    statement = re.sub(r"\A(?:--[^\n]*\n)*", "", text).strip()
    return _PARAMETER.sub(lambda match: sql_literal(params.get(match[1])) if match[1] else match[0], statement)


_PARAMETER = re.compile(r"'(?:[^']|'')*'|--[^\n]*|\$(\w+)")


def sql_literal(value: object) -> str:
    """Write a value in SQL."""
    if value is None:
        return "NULL"
    return f"{value}" if isinstance(value, bool | int) else "'" + str(value).replace("'", "''") + "'"


def _connect(db: ImageRewardDB) -> str:
    """Return the lines of Python that open the same data."""
    opening = details_of(db).opening
    options = opening.data_options()
    sources = options.pop("data")
    given = [repr(sources[0] if len(sources) == 1 else sources)] if isinstance(sources, list) and sources else []
    given += [f"{name.replace('-', '_')}={value!r}" for name, value in options.items() if value not in (None, [])]
    comment = ""
    if opening.scores is not None:
        if opening.score_files() is None:
            comment = "  # and with the scores, which are in no file"
        else:
            scores = [{name: str(source)} if name else str(source) for name, source in named_sources(opening.scores)]
            given.append(f"scores={scores!r}")
    return f"import irdb_sql\n\ndb = irdb_sql.connect({', '.join(given)}){comment}"

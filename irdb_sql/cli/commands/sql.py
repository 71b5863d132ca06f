"""The command `irdb sql`: runs a SQL statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import Wanted, streams_frame
from irdb_sql.cli.data import expect_no_frame, select_subset_option
from irdb_sql.cli.limits import limit_options
from irdb_sql.cli.parameters import param_option, parse_json_params, read_statement
from irdb_sql.cli.scores import takes_scored_database
from irdb_sql.core.late import late

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.database import opening
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.engine.screen.rows import TextRows
else:
    opening = late("irdb_sql.database.opening")


class _StatementCommand(click.Command):
    """A command whose argument may begin with a comment, which would be an option that is not known."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move a statement behind the options."""
        statements = [word for word in args if _COMMENT.match(word)]
        if statements and "--" not in args:
            args = [*(word for word in args if word not in statements), "--", *statements]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        """Say, before the data is opened, that a table on the screen needs no frame."""
        if ctx.params["format"] in (None, "table", "vertical") and ctx.params["output"] is None:
            expect_no_frame()
        super().invoke(ctx)


_COMMENT = re.compile(r"--(?:[^\n=]*\s|[^\n]*\n)")


@click.command("sql", cls=_StatementCommand)
@click.argument("text")
@click.option("--isolated", is_flag=True, help="Run it in a process of its own, which is killed at the limits.")
@param_option
@select_subset_option
@takes_scored_database
@limit_options
@streams_frame
def command(
    db: ImageRewardDB, text: str, params: tuple[str, ...], *, isolated: bool, wanted: Wanted
) -> pl.DataFrame | pl.LazyFrame | TextRows:
    """Run the SQL statement TEXT; - reads it from standard input.

    Without --trusted, it must be one statement that reads, and it can read only the data.
    A --param is parsed as a number, true, false or null of JSON, else it is text.

    \b
    irdb sql "FROM pair_counts()"
    irdb sql 'FROM preference_pairs(in_split := $split)' --param split=test -o pairs.parquet
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    # A lazy frame would run a trusted statement twice, for its columns and for its rows; it may have side effects.
    lazy = wanted.is_lazy and not isolated and not click.get_current_context().params["trusted"]
    statement, values = read_statement(text), parse_json_params(params)
    if wanted.is_text and not isolated:
        texts = opening.details_of(db).find_texts(statement, values, wanted.most)
        if texts is not None:
            return texts
    return db.sql(statement, values, isolated=isolated, lazy=lazy)

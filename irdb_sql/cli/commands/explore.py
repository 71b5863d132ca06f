"""The command `irdb explore`: shows the data in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.data import select_subset_option
from irdb_sql.cli.notes import note
from irdb_sql.cli.scores import takes_scored_database
from irdb_sql.core.late import late

if TYPE_CHECKING:
    import webbrowser

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.explore import guard, server
else:
    webbrowser = late("webbrowser")
    guard = late("irdb_sql.explore.guard")
    server = late("irdb_sql.explore.server", extra="explore")


_HELP = """Show prompts, pairs, scores, findings and SQL in a browser, until Ctrl-C.

Needs the extra `explore`. Only this machine can ask, unless --host and --token let others.

\b
irdb explore
irdb explore --data ImageRewardDB --scores mine.csv
"""


class _ExploreCommand(click.Command):
    """A command that checks who may ask before the data is opened."""

    def invoke(self, ctx: click.Context) -> None:
        """Raise an error for a host without a token, or a token that can be guessed."""
        token = ctx.params["token"]
        if ctx.params["host"] is not None and token is None:
            message = "--host lets other machines ask, and needs --token TEXT, which they must know."
            raise click.UsageError(message)
        if token is not None and len(token) < guard.LEAST_TOKEN:
            message = f"--token has {len(token)} characters, which can be guessed; use at least {guard.LEAST_TOKEN}."
            raise click.UsageError(message)
        super().invoke(ctx)


@click.command("explore", cls=_ExploreCommand, help=_HELP)
@select_subset_option
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Port to listen at. Default: one that is free.")
@click.option("--no-open", is_flag=True, help="Print the address, and open no browser.")
@click.option("--blur", is_flag=True, help="Blur images until they are clicked.")
@click.option("--host", metavar="NAME", help="Listen at this address for other machines, too; needs --token.")
@click.option(
    "--token",
    metavar="TEXT",
    envvar="IRDB_EXPLORE_TOKEN",
    help="What other machines must know: 16 characters or more. Default: $IRDB_EXPLORE_TOKEN.",
)
@takes_scored_database
def command(  # noqa: PLR0913 - one parameter per option
    db: ImageRewardDB, *, port: int, no_open: bool, blur: bool, host: str | None, token: str | None
) -> None:
    """Show the data in a browser; `--help` shows another text, with examples."""
    access = guard.Access(host or "127.0.0.1", token)
    opened = server.ExploreServer(db, access, port, blur=blur)
    click.echo(opened.address)
    note("note: press Ctrl-C to end")
    if not no_open:
        webbrowser.open(opened.address)
    opened.serve()

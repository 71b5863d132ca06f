"""Writes the reference of the command line from what `--help` prints."""

from __future__ import annotations

import click

from irdb_sql.cli.main import irdb
from irdb_sql.manual.markdown import page

_WIDTH = 100


def command_pages() -> dict[str, str]:
    """Return the page by its path below the folder of the reference."""
    group = click.Context(irdb, info_name="irdb", terminal_width=_WIDTH, **irdb.context_settings)
    commands = [(name, irdb.get_command(group, name)) for name in irdb.list_commands(group)]
    helps = [
        f"## irdb {name}\n\n{_help(click.Context(command, group, name, terminal_width=_WIDTH))}"
        for name, command in commands
        if command is not None
    ]
    title = "What `irdb --help` and `irdb COMMAND --help` print."
    return {"commands.md": page("# Commands", title, _help(group), *helps)}


def _help(context: click.Context) -> str:
    return f"```text\n{context.get_help()}\n```"

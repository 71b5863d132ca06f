"""The command `irdb completion`: prints the set-up of completion in the user's shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from irdb_sql.cli.answers import write

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS), metavar="SHELL")
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the code that makes SHELL, bash, zsh or fish, complete commands, options and names of irdb.

    Add its line to the file that the shell reads at its start, and begin a new shell.

    \b
    ~/.bashrc: eval "$(irdb completion bash)"
    ~/.zshrc: eval "$(irdb completion zsh)"
    ~/.config/fish/config.fish: irdb completion fish | source
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    program = context.find_root().command
    completion_class = get_completion_class(shell)
    assert completion_class is not None  # noqa: S101 - click has checked the name of the shell
    write(completion_class(program, {}, "irdb", "_IRDB_COMPLETE").source().encode(), None, "the set-up")

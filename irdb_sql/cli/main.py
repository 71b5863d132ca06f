"""The command line, `irdb`: answers go to standard output or a file, notes and errors to standard error.

Exit codes: 0 fine, 1 refused or failed, 2 wrong usage, 3 data not found, 130 interrupted.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from irdb_sql.cli import commands
from irdb_sql.cli.answers import STANDARD_OUTPUT
from irdb_sql.cli.errors import (
    INTERRUPTED,
    MemoryLimitError,
    UnforeseenError,
    cut_words,
    describe_usage_error,
    exit_code,
)
from irdb_sql.cli.notes import note
from irdb_sql.errors import ChoiceError, IrdbError, RangeError, UnwritableError

if TYPE_CHECKING:
    from collections.abc import Iterable


def main() -> NoReturn:
    """Run the command line and end the process with its code."""
    code = run()
    atexit._run_exitfuncs()  # noqa: SLF001 - os._exit would skip the handlers
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed or broken, which was reported before
            stream.flush()
    os._exit(code)  # unloading the libraries would take as long as a short statement


def run() -> int:
    """Run the command line of `sys.argv`, print errors, and return the exit code."""
    warnings.showwarning = lambda message, *_args, **_options: note(f"note: {message}")
    try:
        return _run_command()
    except click.UsageError as error:
        click.echo(describe_usage_error(error), err=True, nl=False)
        return error.exit_code
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        click.echo(cut_words(shown.getvalue()), err=True, nl=False)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        note("interrupted")
        return INTERRUPTED
    except IrdbError as error:
        if _is_interrupt(error):  # such as a write that Ctrl-C broke off
            note("interrupted")
            return INTERRUPTED
        note(f"error: {error}")
        return exit_code(error)


def _run_command() -> int:
    """Run the command, and raise unexpected errors as UnforeseenError."""
    try:
        code: int | None = irdb.main(prog_name="irdb", standalone_mode=False)
    except (KeyboardInterrupt, SystemExit, click.ClickException, click.Abort, IrdbError):
        raise
    except OSError as error:  # --help and --version print by themselves
        if error.filename is not None:
            raise UnforeseenError(error) from error
        raise UnwritableError(STANDARD_OUTPUT, error.strerror or str(error)) from error
    except BaseException as error:  # a panic of Polars is no Exception
        if _is_interrupt(error):
            raise KeyboardInterrupt from error
        if "IRDB_DEBUG" in os.environ:
            raise
        raise (MemoryLimitError() if _is_lack_of_memory(error) else UnforeseenError(error)) from error
    return code or 0


def _is_lack_of_memory(error: BaseException) -> bool:
    """Whether Python, or the system's loader of a library, got too little memory."""
    return isinstance(error, MemoryError) or (isinstance(error, ImportError) and "failed to map segment" in str(error))


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl-C caused an error, possibly inside a library."""
    if error is None:
        return False
    is_of_duckdb = str(error) == "Query interrupted" or "failed: KeyboardInterrupt" in str(error)
    return is_of_duckdb or isinstance(error, KeyboardInterrupt) or _is_interrupt(error.__context__)


class CommandFolder(click.Group):
    """A group of commands from modules, each imported when needed.

    A module has the name of its command, with _ for -, and with a _ at the end if that is a keyword of Python. So a
    command is loaded without importing the other modules. A module whose name begins with _ is no command.
    """

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing all modules only if none has its name."""
        if cmd_name not in self.commands:
            self._load(stem for stem in _module_names() if stem.rstrip("_") == cmd_name.replace("-", "_"))
        if cmd_name not in self.commands:
            self._load(_module_names())
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command, and raise an error about the value of one of its options as wrong usage."""
        try:
            return super().invoke(ctx)
        except (ChoiceError, RangeError) as error:
            command = self.commands[ctx.invoked_subcommand or ""]
            for param in command.params:
                if error.argument in (param.name, *(option.strip("-") for option in param.opts)):
                    sentence = error.sentence.removeprefix(error.argument)
                    context = click.Context(command, ctx, ctx.invoked_subcommand)
                    raise click.UsageError(f"{param.opts[0]}{sentence}.", context) from error
            raise

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments before the command, and say where an option of a command belongs."""
        arguments = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            named = next((argument for argument in arguments if argument in self.list_commands(ctx)), None)
            command = self.commands.get(named or "")
            if command is None or not any(error.option_name in param.opts for param in command.params):
                raise
            message = f"{error.option_name} goes after the command: irdb {named} {error.option_name} …"
            raise click.UsageError(message, ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its whole summary, where click cuts those that are longer than a line."""
        named = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl([
                (name, command.get_short_help_str(_LONGEST_SUMMARY)) for name, command in named.items() if command
            ])  # fmt: skip

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Import every command, and return the names of all."""
        self._load(_module_names())
        return super().list_commands(ctx)

    def _load(self, stems: Iterable[str]) -> None:
        for stem in stems:
            self.add_command(importlib.import_module(f"{commands.__name__}.{stem}").command)


_LONGEST_SUMMARY = 1000


def _module_names() -> list[str]:
    folder = Path(*commands.__path__)
    return [path.stem for path in folder.iterdir() if path.suffix == ".py" and not path.stem.startswith("_")]


@click.group(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="irdb-sql", prog_name="irdb")
def irdb() -> None:
    """Query ImageRewardDB: people's rankings and ratings of generated images.

    Answers go to standard output or a file, notes to standard error. Exit codes: 0 fine, 1 refused or
    failed, 2 wrong usage, 3 data not found, 130 interrupted.
    """

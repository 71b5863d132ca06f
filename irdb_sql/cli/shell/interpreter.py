"""The interpreter of the interactive shell, without its terminal."""

from __future__ import annotations

import shlex
import shutil
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.errors import ShellCommandError
from irdb_sql.cli.manual import manual_page
from irdb_sql.cli.parameters import parse_params
from irdb_sql.core.atomic_write import check_target
from irdb_sql.database.opening import details_of
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.engine.formats import SUFFIXES
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB

HELP = r"""End a statement with ; and press Enter.
Tab completes: tables after FROM, arguments in a macro's parentheses, splits and
classes after '. The arrow keys recall earlier statements.

\d             list views, macros and queries
\d NAME        show what NAME takes and returns, and its SQL
\run NAME ...  answer a named query, with NAME=VALUE for its parameters
\o FILE        write the next answers to FILE, whose suffix is the format;
               \o alone: to the screen again
\x             show one column a line, or tables again
\timing        show the time of each statement, or stop that
\pager         show long answers page by page, or stop that
\?             this help
\q             quit, as does Ctrl-D; Ctrl-C stops a statement"""
COMMANDS = ("\\d", "\\run", "\\o", "\\x", "\\timing", "\\pager", "\\?", "\\q")


_WORDS = {
    **dict.fromkeys(("quit", "exit", "quit()", "exit()", ".quit", ".exit", ".q", "bye"), "\\q"),
    **dict.fromkeys(("help", ".help", "?", ".h"), "\\?"),
    **dict.fromkeys((".tables", ".schema", "\\dt", "\\l", "\\d+", ".databases"), "\\d"),
    ".timer": "\\timing",
    ".read": "\\run",
    **dict.fromkeys((".output", ".once"), "\\o"),
}
"""Words of other shells, and the commands that they mean."""
_TAKE_NAMES = ("\\d", "\\o", "\\run")


class Shell:
    """Runs the lines of the interactive shell.

    Args:
        db: The database to query.
        show: Shows a frame on the screen.
        page: Shows a text on the screen.
        save: Writes a frame to a file, and says so.
        say: Prints a note.
        waiting: Shows that a statement runs.
    """

    def __init__(  # noqa: PLR0913 - one argument per function of the terminal
        self,
        db: ImageRewardDB,
        *,
        show: Callable[[pl.DataFrame], None],
        page: Callable[[str], None],
        save: Callable[[pl.DataFrame, Path], None],
        say: Callable[[str], None],
        waiting: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._db = db
        self._sql_files = details_of(db).sql_files
        self._show = show
        self._page = page
        self._save = save
        self._say = say
        self._waiting = waiting
        self._output: Path | None = None
        self._shows_time = True
        self.pages = True
        self.format = "table"
        self.is_over = False

    def answer(self, line: str) -> None:
        """Run a statement or command, and print errors as notes."""
        line = line.strip()
        try:
            command = _translate_words(line)
            if command.startswith((".", "\\")):
                self._run_command(command)
            elif line.strip("; \n"):
                self._answer(lambda: self._db.sql(line))
        except (IrdbError, click.UsageError) as error:
            self._say(f"error: {error}")
        except KeyboardInterrupt:
            self._say("interrupted")

    def _answer(self, query: Callable[[], pl.DataFrame]) -> None:
        start = time.monotonic()
        with warnings.catch_warnings(record=True, category=UserWarning) as recorded, self._waiting():
            frame = query()
        seconds = time.monotonic() - start
        if self._output is None:
            self._show(frame)
        else:
            self._save(frame, self._output)
        for warning in recorded:
            self._say(f"note: {warning.message}")
        if self._shows_time:
            self._say(f"{seconds:.2f} s")

    def _run_command(self, line: str) -> None:
        try:
            command, *words = shlex.split(line.replace("\\", "\\\\", 1))
        except ValueError as error:
            raise ShellCommandError(line, "has a quote that is not closed") from error
        if command == "\\q":
            self.is_over = True
        elif command == "\\?":
            self._page(HELP)
        elif command == "\\d":
            self._describe(words)
        elif command == "\\run":
            if not words:
                raise ShellCommandError(line, "needs the name of a query")
            query = Path(words[0]).expanduser() if words[0].lower().endswith(".sql") else words[0]
            self._answer(lambda: self._db.query(query, parse_params(tuple(words[1:]))))
        elif command == "\\o":
            self._output = self._check_output(Path(words[0]).expanduser()) if words else None
        else:
            self._say(self._switch(command, line))

    @staticmethod
    def _check_output(output: Path) -> Path:
        """Return the file for further answers, which must be possible and of a known format."""
        if output.suffix.lower() not in SUFFIXES:
            raise ShellCommandError(f"\\o {output}", f"needs a suffix of {', '.join(SUFFIXES)}")
        check_target(output, streams=True)
        return output

    def _switch(self, command: str, line: str) -> str:
        """Switch a setting, and describe the new one."""
        if command == "\\x":
            self.format = "table" if self.format == "vertical" else "vertical"
            return f"answers are shown {'with one column a line' if self.format == 'vertical' else 'as tables'}"
        if command == "\\timing":
            self._shows_time = not self._shows_time
            return f"timing is {'on' if self._shows_time else 'off'}"
        if command == "\\pager":
            self.pages = not self.pages
            return f"the pager is {'on' if self.pages else 'off'}"
        raise ShellCommandError(line, "is no command of the shell")

    def _describe(self, names: Sequence[str]) -> None:
        if not names:
            self._show(self._db.catalog().select("kind", "name", "summary"))
            return
        for name in names:
            named = self._sql_files.find(name)
            if not named:
                raise UnknownNameError("name", name, [file.name for file in self._sql_files.all()])
            columns = self._db.columns(name)
            width = shutil.get_terminal_size().columns
            self._page("\n\n".join(manual_page(file, columns, width).rstrip("\n") for file in named))


def _translate_words(line: str) -> str:
    r"""Return the command of this shell that words of another shell mean; else the line as it is.

    Example:
        >>> _translate_words("quit;"), _translate_words(".schema pairs"), _translate_words("SELECT 1;")
        ('\\q', '\\d pairs', 'SELECT 1;')
    """
    word, _, names = line.rstrip("; ").partition(" ")
    command = _WORDS.get(word.lower())
    if command is None:
        return line
    if names and command == "\\?":
        return f"\\d {names}"
    return f"{command} {names}".rstrip() if command in _TAKE_NAMES else command


def is_complete(line: str) -> bool:
    r"""Whether a line is a complete statement or command.

    Example:
        >>> [is_complete(text) for text in ("SELECT 1", "SELECT 1;", r"\d", "quit", ".tables", "")]
        [False, True, True, True, True, True]
    """
    line = line.strip()
    is_command = line.startswith((".", "\\")) or _translate_words(line) != line
    return not line or is_command or line.endswith(";")

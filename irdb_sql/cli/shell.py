"""The command `irdb shell`: a line editor around the shell, with history, completion and colours."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.options import asks_scores, choose_format, limit_options, note, write_frame
from irdb_sql.cli.progress import is_terminal, shown_waiting
from irdb_sql.engine.errors import NoTerminalError
from irdb_sql.errors import MissingPackageError

if TYPE_CHECKING:
    import polars as pl
    from prompt_toolkit import PromptSession

    from irdb_sql.cli.statements import Shell
    from irdb_sql.database.facade import ImageRewardDB

_MARGIN = 6  # lines of a table and a prompt that are no rows


@click.command()
@asks_scores
@limit_options
def shell(db: ImageRewardDB) -> None:
    r"""Ask statement after statement, with completion, history and help; \? in it tells the rest.

    Needs a terminal and the extra: pip install 'irdb-sql[shell]'. Other limits and --trusted are those of irdb sql.
    """
    from irdb_sql.cli.statements import Shell  # noqa: PLC0415 - `irdb --help` needs no engine

    if not is_terminal(sys.stdin) or not is_terminal(sys.stdout):
        raise NoTerminalError
    session = _session()
    asked = Shell(db, show=lambda frame: _show(asked, frame), page=_page, save=_save, say=note, waiting=shown_waiting)
    note(f"{db!r}\n\\? for help, \\q to quit; a statement ends with ;")
    while not asked.is_over:
        try:
            typed = session.prompt("irdb> ")
        except KeyboardInterrupt:  # a line that is given up
            continue
        except EOFError:
            return
        asked.answer(typed)


def _show(asked: Shell, frame: pl.DataFrame) -> None:
    """Show a frame in the width of the terminal, page by page if it is long."""
    from irdb_sql.engine.formats import encode  # noqa: PLC0415 - as above

    size = shutil.get_terminal_size()
    text = encode(frame, "table", width=size.columns, rows=_MOST_ROWS).decode().rstrip("\n")
    if asked.pages and text.count("\n") > size.lines - _MARGIN:
        _page(text)
    else:
        click.echo(text)


_MOST_ROWS = 10_000


def _page(text: str) -> None:
    if text.count("\n") > shutil.get_terminal_size().lines - _MARGIN:
        click.echo_via_pager(text)
    else:
        click.echo(text)


def _save(frame: pl.DataFrame, path: Path) -> None:
    write_frame(frame, choose_format(None, path), path)


def _session() -> PromptSession[str]:
    """Make the line editor."""
    try:
        from prompt_toolkit import PromptSession  # noqa: PLC0415 - an extra
        from prompt_toolkit.completion import WordCompleter  # noqa: PLC0415
        from prompt_toolkit.filters import Condition  # noqa: PLC0415
        from prompt_toolkit.history import FileHistory  # noqa: PLC0415
        from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent  # noqa: PLC0415
        from prompt_toolkit.lexers import PygmentsLexer  # noqa: PLC0415
        from pygments.lexers.sql import SqlLexer  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError(f"the package {error.name}", "pip install 'irdb-sql[shell]' brings it.") from error
    from irdb_sql.cli.statements import completions, is_whole  # noqa: PLC0415 - as above

    words = completions(_KEYWORDS)
    keys = KeyBindings()
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(_history())),
        lexer=PygmentsLexer(SqlLexer),
        completer=WordCompleter([word for word, _ in words], ignore_case=True, meta_dict=dict(words), pattern=_WORD),
        complete_while_typing=False,
        multiline=True,
        prompt_continuation="  ... ",
        key_bindings=keys,
        enable_history_search=True,
    )

    @keys.add("enter", filter=Condition(lambda: is_whole(session.default_buffer.text)))
    def _accept(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    return session


_WORD = re.compile(r"[\\?\w]+")


def _history() -> Path:
    import platformdirs  # noqa: PLC0415 - needed by this command only

    folder = Path(platformdirs.user_state_dir("irdb-sql"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    history = folder / "history"
    history.touch(mode=0o600)
    return history


_KEYWORDS = (
    "select", "from", "where", "group by", "order by", "limit", "join", "left join", "using", "on", "with", "as",
    "and", "or", "not", "in", "between", "like", "is null", "case", "when", "then", "else", "end", "count", "sum",
    "avg", "min", "max", "distinct", "having", "union all", "qualify", "filter", "over", "partition by", "describe",
    "summarize", "show tables", "values", "asc", "desc", "nulls last", "group by all", "order by all", "exclude",
    "unnest",
)  # fmt: skip

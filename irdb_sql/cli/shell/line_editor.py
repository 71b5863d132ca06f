"""Makes the line editor of the shell, with history, completion and colours."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.cli.shell.interpreter import COMMANDS, is_complete
from irdb_sql.core.late import late
from irdb_sql.database.opening import details_of
from irdb_sql.engine.completion import Completer
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import platformdirs
    import prompt_toolkit
    from prompt_toolkit import completion, document, filters, history, key_binding, lexers
    from pygments.lexers import sql as sql_lexers

    from irdb_sql.database.facade import ImageRewardDB
else:
    platformdirs = late("platformdirs")
    prompt_toolkit = late("prompt_toolkit", extra="shell")
    completion = late("prompt_toolkit.completion", extra="shell")
    filters = late("prompt_toolkit.filters", extra="shell")
    history = late("prompt_toolkit.history", extra="shell")
    key_binding = late("prompt_toolkit.key_binding", extra="shell")
    lexers = late("prompt_toolkit.lexers", extra="shell")
    sql_lexers = late("pygments.lexers.sql", extra="shell")


def make_line_editor(db: ImageRewardDB) -> prompt_toolkit.PromptSession[str]:
    """Make the line editor, whose `prompt` returns a statement or command.

    Args:
        db: The database, of which names and classifications are completed.

    Raises:
        MissingPackageError: The extra `shell` is not installed.
    """
    completer = Completer(details_of(db).sql_files, lambda: _classes(db), COMMANDS)

    class _Completions(completion.Completer):
        def get_completions(
            self, document: document.Document, complete_event: completion.CompleteEvent
        ) -> Iterable[completion.Completion]:
            """Yield the completions of what is before the cursor."""
            del complete_event
            for text, kind, length in completer.complete(document.text_before_cursor):
                yield completion.Completion(text, -length, display_meta=kind)

    keys = key_binding.KeyBindings()
    editor: prompt_toolkit.PromptSession[str] = prompt_toolkit.PromptSession(
        history=history.FileHistory(str(_history_file())),
        lexer=lexers.PygmentsLexer(sql_lexers.SqlLexer),
        completer=_Completions(),
        complete_while_typing=False,
        multiline=True,
        prompt_continuation="  ... ",
        key_bindings=keys,
        enable_history_search=True,
    )

    @keys.add("enter", filter=filters.Condition(lambda: is_complete(editor.default_buffer.text)))
    def _accept(event: key_binding.KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    return editor


def _classes(db: ImageRewardDB) -> list[str]:
    """Return the classifications of the data, or none where they cannot be read."""
    with contextlib.suppress(IrdbError):
        classes = db.query("classifications")["classification"].drop_nulls()
        return [str(name) for name in classes.unique().sort()]
    return []


def _history_file() -> Path:
    folder = Path(platformdirs.user_state_dir("irdb-sql"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "history"
    file.touch(mode=0o600)
    return file

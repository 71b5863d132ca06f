"""Makes the line editor of the shell, with history, completion and colours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from irdb_sql.cli.shell.completion import completions
from irdb_sql.cli.shell.interpreter import is_complete
from irdb_sql.core.late import late

if TYPE_CHECKING:
    import platformdirs
    import prompt_toolkit
    from prompt_toolkit import completion, filters, history, key_binding, lexers
    from pygments.lexers import sql as sql_lexers
else:
    platformdirs = late("platformdirs")
    prompt_toolkit = late("prompt_toolkit", extra="shell")
    completion = late("prompt_toolkit.completion", extra="shell")
    filters = late("prompt_toolkit.filters", extra="shell")
    history = late("prompt_toolkit.history", extra="shell")
    key_binding = late("prompt_toolkit.key_binding", extra="shell")
    lexers = late("prompt_toolkit.lexers", extra="shell")
    sql_lexers = late("pygments.lexers.sql", extra="shell")


def make_line_editor() -> prompt_toolkit.PromptSession[str]:
    """Make the line editor, whose `prompt` returns a statement or command.

    Raises:
        MissingPackageError: The extra `shell` is not installed.
    """
    words = completions()
    keys = key_binding.KeyBindings()
    editor: prompt_toolkit.PromptSession[str] = prompt_toolkit.PromptSession(
        history=history.FileHistory(str(_history_file())),
        lexer=lexers.PygmentsLexer(sql_lexers.SqlLexer),
        completer=completion.WordCompleter([*words], ignore_case=True, meta_dict=words, pattern=_WORD),
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


_WORD = re.compile(r"[\\?\w]+")


def _history_file() -> Path:
    folder = Path(platformdirs.user_state_dir("irdb-sql"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "history"
    file.touch(mode=0o600)
    return file

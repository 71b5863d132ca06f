"""The shell, driven by a terminal as a person does: type, complete, ask, interrupt, look things up, write to a file, quit."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

import polars as pl
import pytest

from irdb_sql.cli.statements import COMMANDS, Shell, completions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import RunCli

    from irdb_sql import ImageRewardDB

PATIENCE = 30.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]|\r")


class Terminal:
    """A pseudo-terminal of 80 columns in which `irdb shell` runs."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._controller, follower = pty.openpty()
        os.set_blocking(self._controller, False)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "irdb_sql", "shell", *options],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            cwd=folder,
            start_new_session=True,
            env=os.environ
            | {
                "TERM": "xterm",
                "COLUMNS": "80",
                "LINES": "40",
                "PROMPT_TOOLKIT_NO_CPR": "1",
                "PAGER": "cat",
                "XDG_STATE_HOME": str(folder),
            },
            preexec_fn=_take_terminal,  # noqa: PLW1509 - one system call
        )
        os.close(follower)
        self._seen = ""

    def type(self, keys: str) -> None:
        os.write(self._controller, keys.encode())

    def wait_for(self, words: str) -> str:
        """Read until some words are on the screen, and return what came with them."""
        end = time.monotonic() + PATIENCE
        while words not in self._seen:
            if not select.select([self._controller], [], [], max(end - time.monotonic(), 0))[0]:
                raise AssertionError(f"waited for {words!r} and saw:\n{self._seen}")
            try:
                self._seen += _ESCAPES.sub("", os.read(self._controller, 65536).decode(errors="replace"))
            except OSError as error:  # the shell has ended
                raise AssertionError(f"ended before {words!r}, and showed:\n{self._seen}") from error
        before, _, self._seen = self._seen.partition(words)
        return before + words

    def code(self) -> int:
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._controller)


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C is a signal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, "--max-rows", "3")
    opened.wait_for("a statement ends with ;")
    yield opened
    opened.close()


def test_a_session_from_the_first_statement_to_the_last(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("SELECT count(*) AS n\rFROM prefe\t")
    terminal.wait_for("preference_pairs(")
    terminal.type(");\r")
    assert "5236" in terminal.wait_for("1 row")
    terminal.wait_for(" s")
    terminal.type("SELECT count(*) FROM range(1000000000000) AS a, range(9) AS b;\r")
    terminal.wait_for("Ctrl-C stops it")
    terminal.type("\x03")
    terminal.wait_for("interrupted")
    terminal.type("FROM imagez;\r")
    terminal.wait_for("Hint: did you mean 'images'?")
    terminal.type("\\d pair_count\r")
    terminal.wait_for("Number of unordered pairs that n images make")
    terminal.type("\\run rank_gaps split=test\r")
    terminal.wait_for("5 rows")
    terminal.type("FROM images;\r")
    terminal.wait_for("there are more than 3 rows")
    terminal.type("\\o gaps.csv\r\\run rank_gaps split=test\r")
    terminal.wait_for("wrote 5 rows to gaps.csv")
    assert pl.read_csv(tmp_path / "gaps.csv")["pairs"].to_list() == [85, 293, 210, 111, 37]
    terminal.type("\\o\r\\timing\r")
    terminal.wait_for("timing is off")
    terminal.type("half a line\x03SELECT 'after' AS word;\r")
    terminal.wait_for("after")
    terminal.wait_for("1 row")
    terminal.wait_for("irdb>")
    terminal.type("\x04")
    assert terminal.code() == 0


def test_what_was_asked_before_comes_back_in_the_next_session(tmp_path: Path) -> None:
    first = Terminal(tmp_path)
    first.wait_for("a statement ends with ;")
    first.type("SELECT 'remembered' AS word;\r")
    first.wait_for("1 row")
    first.type("\\q\r")
    assert first.code() == 0
    first.close()
    history = tmp_path / "irdb-sql" / "history"
    assert history.stat().st_mode & 0o077 == 0
    second = Terminal(tmp_path)
    second.wait_for("a statement ends with ;")
    second.wait_for("irdb>")
    second.type("\x1b[A\x1b[A\r")
    second.wait_for("1 row")
    second.type("exit\r")
    assert second.code() == 0
    second.close()


def test_without_a_terminal_a_sentence_says_so(run_cli: RunCli) -> None:
    code, out, err = run_cli("shell")
    assert (code, out) == (1, "")
    assert "error: the shell needs a terminal\n\nHint: `irdb sql -` answers" in err


def test_commands_by_themselves(db: ImageRewardDB, tmp_path: Path) -> None:
    seen: list[object] = []
    shell = Shell(
        db, show=seen.append, page=seen.append, save=lambda frame, path: seen.append((frame.height, path.name)), say=seen.append,
        waiting=nullcontext,
    )  # fmt: skip
    for typed in (
        "",
        " ;",
        "\\?",
        "\\d",
        "\\d nope",
        "\\nope",
        "\\run",
        "\\d 'x",
        "\\pager",
        "\\run totals x=1",
        "\\run totals x",
    ):
        shell.answer(typed)
    assert all(command in str(seen[0]) for command in COMMANDS)
    assert isinstance(seen[1], pl.DataFrame)
    assert [str(note).split("\n")[0] for note in seen[2:]] == [
        "error: unknown name 'nope'",
        "error: no command is called '\\\\nope'",
        "error: no command is called '\\\\run'",
        'error: no command is called "\\\\d \'x"',
        "the pager is off",
        "error: query 'totals' has no parameter 'x'",
        "error: --param 'x' is not NAME=VALUE.",
    ]
    shell.answer(f"\\o {tmp_path}/x.csv")
    shell.answer("FROM pair_counts()")
    assert seen[-3] == (3, "x.csv")
    assert not shell.is_over
    shell.answer("\\q")
    assert shell.is_over


def test_every_view_macro_column_and_keyword_can_be_completed() -> None:
    words = dict(completions(["select"]))
    assert words["SELECT"] == "keyword"
    assert words["images"] == "view"
    assert words["preference_pairs("] == "macro"
    assert words["rank_gap"] == "column"
    assert words["in_split"] == "parameter"
    assert words["rank_gaps"] == "query"

"""The command line as another process starts it, and pseudo-terminals in which a test types and reads."""

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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 30.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]|\r")


def start(*args: str | Path, **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "irdb_sql", *map(str, args)], **options)  # type: ignore[call-overload, no-any-return]


def on_a_terminal(*args: str | Path, columns: int, pager: str | None = None) -> tuple[int, str]:
    """Run `irdb` with a pseudo-terminal as its standard output, and return its exit code and what a person sees.

    Args:
        *args: What follows `irdb`.
        columns: Width of the terminal.
        pager: The pager, for which the keyboard is that of the terminal, too.
    """
    master, slave = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "LINES": "24", "TERM": "xterm", "PAGER": pager or ""}
    keyboard = subprocess.DEVNULL if pager is None else slave
    with start(*args, stdin=keyboard, stdout=slave, stderr=subprocess.DEVNULL, env=environment) as child:
        os.close(slave)
        seen = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # the terminal is closed
                break
            if not piece:
                break
            seen += piece
        code = child.wait(timeout=60)
    os.close(master)
    return code, seen.decode().replace("\r\n", "\n")


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

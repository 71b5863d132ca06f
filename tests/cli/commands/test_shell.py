"""The shell, driven by a terminal as a person does: type, complete, ask, interrupt, look things up, write to a file, quit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from fakes.terminals import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import RunCli


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
    terminal.wait_for("Number of unordered pairs of n images")
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

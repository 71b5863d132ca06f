"""The shell without its screen: what its lines do."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import polars as pl
import pytest

from irdb_sql.cli.shell.interpreter import COMMANDS, HELP, Shell, is_complete

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB


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
        "\\x",
        "\\run totals x=1",
        "\\run totals x",
    ):
        shell.answer(typed)
    assert all(command in str(seen[0]) for command in COMMANDS)
    assert isinstance(seen[1], pl.DataFrame)
    assert [str(note).split("\n")[0] for note in seen[2:]] == [
        "error: unknown name 'nope'",
        "error: '\\nope' is no command of the shell",
        "error: '\\run' needs the name of a query",
        'error: "\\d \'x" has a quote that is not closed',
        "the pager is off",
        "answers are shown with one column a line",
        "error: query 'totals' has no parameter 'x'",
        "error: --param 'x' is not NAME=VALUE.",
    ]
    shell.answer(f"\\o {tmp_path}/x.csv")
    shell.answer("FROM pair_counts()")
    assert seen[-2] == (3, "x.csv")
    assert shell.format == "vertical"
    shell.answer("\\x")
    assert shell.format == "table"
    assert not shell.is_over
    shell.answer("\\q")
    assert shell.is_over


@pytest.mark.parametrize("typed", ["quit", "exit;", ".quit", "QUIT ;", "\\q"])
def test_words_of_other_shells_end_it(db: ImageRewardDB, typed: str) -> None:
    shell = Shell(db, show=print, page=print, save=print, say=print, waiting=nullcontext)
    assert is_complete(typed)
    shell.answer(typed)
    assert shell.is_over


@pytest.mark.parametrize("typed", ["help", ".help", "?", "\\?"])
def test_words_of_other_shells_show_the_help(db: ImageRewardDB, typed: str) -> None:
    seen: list[str] = []
    shell = Shell(db, show=print, page=seen.append, save=print, say=seen.append, waiting=nullcontext)
    assert is_complete(typed)
    shell.answer(typed)
    assert seen == [HELP]
    assert max(map(len, HELP.splitlines())) <= 80


def test_words_of_other_shells_list_the_tables(db: ImageRewardDB) -> None:
    seen: list[pl.DataFrame] = []
    shell = Shell(db, show=seen.append, page=print, save=print, say=print, waiting=nullcontext)
    shell.answer(".tables")
    assert seen[0].equals(db.catalog().select("kind", "name", "summary"))


@pytest.mark.parametrize(
    "typed", [".schema pair_counts", "help pair_counts;", "\\d+ pair_counts", ".tables pair_counts"]
)
def test_words_of_other_shells_describe_a_name(db: ImageRewardDB, typed: str) -> None:
    pages: list[str] = []
    shell = Shell(db, show=print, page=pages.append, save=print, say=print, waiting=nullcontext)
    assert is_complete(typed)
    shell.answer(typed)
    shell.answer("\\d pair_counts")
    assert pages[0] == pages[1]


def test_a_file_is_asked_and_an_output_looked_at_at_once(db: ImageRewardDB, tmp_path: Path) -> None:
    frames: list[pl.DataFrame] = []
    notes: list[str] = []
    shell = Shell(db, show=frames.append, page=print, save=print, say=notes.append, waiting=nullcontext)
    (tmp_path / "mine.sql").write_text("SELECT 7 AS n")
    for command in ("\\run", ".read"):
        shell.answer(f"{command} {tmp_path / 'mine.sql'}")
    assert [frame.item() for frame in frames] == [7, 7]
    notes.clear()
    shell.answer(f"\\o {tmp_path / 'none' / 'a.csv'}")
    shell.answer("\\o a.html")
    assert "there is no folder" in notes[0]
    assert "needs a suffix of .csv" in notes[1]
    shell.answer("SELECT 1 AS n;")
    assert frames[-1].item() == 1


@pytest.mark.parametrize("typed", [".mode csv", ".import a b", "\\copy x"])
def test_other_commands_of_other_shells_are_refused_at_once(db: ImageRewardDB, typed: str) -> None:
    notes: list[str] = []
    shell = Shell(db, show=print, page=print, save=print, say=notes.append, waiting=nullcontext)
    assert is_complete(typed)
    shell.answer(typed)
    assert notes == [f"error: '{typed}' is no command of the shell\n\nHint: type \\? for a list of all commands."]

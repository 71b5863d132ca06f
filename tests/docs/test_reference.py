"""The reference is what headers, docstrings and `--help` say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from irdb_sql import ImageRewardDB
from irdb_sql.cli.main import irdb
from irdb_sql.core import catalog
from irdb_sql.manual.reference import FOLDER, find_stale, write_reference

if TYPE_CHECKING:
    from pathlib import Path


def test_the_reference_is_up_to_date() -> None:
    assert find_stale() == [], "run `python -m irdb_sql.manual reference`"


def test_what_is_stale_is_written_and_what_nothing_generates_is_deleted(tmp_path: Path) -> None:
    write_reference(tmp_path)
    (tmp_path / "old.md").write_text("# Old")
    (tmp_path / "commands.md").write_text("# Commands")
    (tmp_path / "sql/pairs.md").unlink()
    assert find_stale(tmp_path) == ["commands.md", "old.md", "sql/pairs.md"]
    assert write_reference(tmp_path) == ["commands.md", "old.md", "sql/pairs.md"]
    assert find_stale(tmp_path) == []
    assert not (tmp_path / "old.md").exists()


def test_it_names_everything() -> None:
    index = (FOLDER / "sql.md").read_text()
    for file in catalog.load().all():
        assert f"| [{file.name}](sql/{file.topic}.md#{file.name}-{file.kind}) |" in index
        section = (FOLDER / f"sql/{file.topic}.md").read_text().partition(f"### {file.name} ({file.kind})\n")[2]
        for name in (*file.returns, *file.params):
            assert f"`{name}`" in section.partition("\n### ")[0], (file.name, name)
    methods = {name for name in dir(ImageRewardDB) if name[0] != "_"}
    assert set(re.findall(r"^## db\.(\w+)$", (FOLDER / "database.md").read_text(), re.MULTILINE)) == methods
    commands = (FOLDER / "commands.md").read_text()
    assert re.findall(r"^## irdb (\S+)$", commands, re.MULTILINE) == irdb.list_commands(click.Context(irdb))

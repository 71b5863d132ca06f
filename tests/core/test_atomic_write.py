"""Temporary files of killed processes are removed, and those of running ones are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from irdb_sql.core.atomic_write import unfinished_file, unfinished_folder, write_file


def test_a_temporary_file_in_use_is_not_removed(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with unfinished_file(target) as slow:
        slow.write_text("slow")
        write_file(target, b"quick")
        assert slow.exists()
        assert target.read_bytes() == b"quick"
    assert target.read_text() == "slow"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("is_folder", [True, False])
def test_abandoned_files_and_folders_are_removed_by_the_next_write(tmp_path: Path, *, is_folder: bool) -> None:
    context = unfinished_folder if is_folder else unfinished_file
    with context(tmp_path / "x") as unfinished:
        name = unfinished.name
    shutil.rmtree(tmp_path / "x") if is_folder else (tmp_path / "x").unlink()
    if is_folder:
        (tmp_path / name).mkdir()
        (tmp_path / name / "part").touch()
    else:
        (tmp_path / name).touch()
    (tmp_path / f"{name[:6]}other-0").touch()  # of another name
    with context(tmp_path / "y"):
        assert (tmp_path / name).exists()
    with context(tmp_path / "x"):
        assert not (tmp_path / name).exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name[:6]}other-0", "x", "y"]

"""Pipes, devices and folders are neither read nor replaced, whoever reads or writes."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from conftest import RunCli

import irdb_sql
from irdb_sql.core.atomic_write import check_target, unfinished_file, write_file
from irdb_sql.core.regular_files import check_regular_file, read_regular_file
from irdb_sql.database.facade import ImageRewardDB
from irdb_sql.errors import IrdbError, UnwritableError


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))  # another /dev/null
        path.open("wb").close()
    except OSError:
        pytest.skip("only root may make a device")


def make_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the path of a socket has at most 107 bytes
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(path.name)
    os.chdir(here)


SPECIAL = {"pipe": make_pipe, "device": make_device, "socket": make_socket, "folder": Path.mkdir}
special = pytest.mark.parametrize("make", SPECIAL.values(), ids=SPECIAL)


def kind(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return stat.S_IFMT(status.st_mode), status.st_ino


def zip_images(db: ImageRewardDB, path: Path) -> None:
    db.export_images(db.images().head(1), path)


WRITERS: dict[str, tuple[str, Callable[[ImageRewardDB, Path], object]]] = {
    "catalog": ("x.duckdb", lambda db, path: db.write_catalog(path)),
    "parquet": ("x.parquet", lambda db, path: irdb_sql.write_parquet(db.images(lazy=True), path)),
    "export": ("x.parquet", lambda db, path: db.export("rows", path, split="test")),
    "ranking": ("x.json", lambda db, path: db.export("ranking", path, split="test")),
    "zip": ("x.zip", zip_images),
    "tar": ("x.tar", zip_images),
    "folder": ("x", lambda db, path: db.export("rows", path)),
    "images": ("x", zip_images),
}


@special
@pytest.mark.parametrize(("name", "write"), WRITERS.values(), ids=WRITERS)
def test_no_writer_replaces_what_is_no_file(
    db: ImageRewardDB,
    tmp_path: Path,
    name: str,
    write: Callable[[ImageRewardDB, Path], object],
    make: Callable[[Path], None],
) -> None:
    target = tmp_path / name
    make(target)
    if make is Path.mkdir:
        (target / "kept").touch()
    before = kind(target)
    with pytest.raises(IrdbError):
        write(db, target)
    assert kind(target) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]
    link = tmp_path / f"link{target.suffix}"
    link.symlink_to(target)
    with pytest.raises(IrdbError):
        write(db, link)
    assert kind(target) == before
    assert link.is_symlink()


COMMANDS = {
    "catalog": ["catalog", "{path}.duckdb"],
    "sql": ["sql", "SELECT 1", "-o", "{path}.parquet"],
    "query": ["query", "pairs", "-o", "{path}.parquet"],
    "report": ["report", "--init", "{path}.jinja"],
    "export": ["export", "rows", "--split", "test", "-o", "{path}.parquet"],
    "images": ["export-images", "{path}.zip", "--sql", "FROM images LIMIT 1"],
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_no_command_replaces_a_device(run_cli: RunCli, tmp_path: Path, words: list[str]) -> None:
    words = [word.format(path="node") for word in words]
    (name,) = (word for word in words if word.startswith("node"))
    make_device(tmp_path / name)
    before = kind(tmp_path / name)
    run_cli(*words)  # a frame may be written to it
    assert kind(tmp_path / name) == before


READERS: dict[str, tuple[str, list[str]]] = {
    "template": ("x.jinja", ["report", "--template", "{path}"]),
    "diff": ("x.json", ["report", "--diff", "{path}"]),
    "check-split": ("x.parquet", ["check-split", "{path}", "test"]),
    "check-split tar": ("x.tar", ["check-split", "{path}", "test"]),
    "check-split json": ("x.json", ["check-split", "test", "{path}"]),
    "data": ("x.parquet", ["sql", "SELECT 1", "--data", "{path}"]),
    "ranking": ("x.json", ["sql", "SELECT 1", "--data", "{path}"]),
    "scores": ("x.csv", ["evaluate", "{path}"]),
    "generators": ("x.csv", ["generators", "stats", "{path}"]),
}


@special
@pytest.mark.parametrize(("name", "words"), READERS.values(), ids=READERS)
def test_no_command_reads_what_is_no_file(
    run_cli: RunCli, tmp_path: Path, name: str, words: list[str], make: Callable[[Path], None]
) -> None:
    make(tmp_path / name)
    code, out, err = run_cli(*(word.format(path=name) for word in words))
    assert (code > 0, out) == (True, "")
    assert "Traceback" not in err
    assert "unexpected" not in err


@special
def test_a_check_says_what_a_path_is(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "x"
    with pytest.raises(FileNotFoundError):
        check_regular_file(path)
    make(path)
    words = "it is a folder" if make is Path.mkdir else "it is a device, pipe or socket"
    for check in (check_regular_file, read_regular_file):
        with pytest.raises(OSError, match=words):
            check(path)
    with pytest.raises(UnwritableError, match=words):
        check_target(path)
    with pytest.raises(UnwritableError, match=words), unfinished_file(path):
        pytest.fail("it was opened")


def test_a_device_is_written_to_and_stays(tmp_path: Path) -> None:
    make_device(tmp_path / "node")
    before = kind(tmp_path / "node")
    write_file(tmp_path / "node", b"x")
    assert kind(tmp_path / "node") == before


def test_a_path_in_no_folder_is_refused_before_the_work(run_cli: RunCli, tmp_path: Path) -> None:
    for words in (
        ["report", "-o", "none/x.html"],
        ["sql", "SELECT 1", "-o", "none/x.csv"],
        ["query", "pairs", "-o", "none/x.parquet"],
        ["evaluate", "baselines", "-o", "none/x.json"],
    ):
        code, out, err = run_cli(*words)
        assert (code, out) == (1, "")
        assert err.splitlines()[0].startswith("error: 'none/x.")
        assert f"there is no folder {str(tmp_path / 'none')!r}" in err
    (tmp_path / "a.csv").touch()
    _, _, err = run_cli("sql", "SELECT 1", "-o", "a.csv/x.csv")
    assert f"could not be written: {str(tmp_path / 'a.csv')!r} is no folder\n\nHint: choose another path; " in err
    (tmp_path / "a.csv").unlink()
    assert pl.DataFrame({"a": [1]}).height == len(list(tmp_path.iterdir())) + 1


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="only Linux has a folder that only seems to be writable")
@pytest.mark.parametrize(
    "words",
    [
        ["report", "-o", "/proc/x.html"], ["sql", "SELECT 1", "-o", "/proc/x.csv"], ["query", "pairs", "-o", "/proc/x.parquet"],
        ["verify", "-o", "/proc/x.parquet"], ["export", "pairs", "-o", "/proc/x"], ["export-images", "/proc/x"], ["sample", "/proc/x"],
        ["evaluate", "-o", "/proc/x.csv"], ["catalog", "/proc/x.duckdb"],
    ],
)  # fmt: skip
def test_a_folder_that_only_seems_to_be_writable_is_refused_before_the_work(run_cli: RunCli, words: list[str]) -> None:
    code, out, err = run_cli(*words)
    assert (code, out) == (1, "")
    last = next(line for line in err.splitlines() if line.startswith("error"))
    assert last.startswith(f"error: '{words[-1]}' could not be written: no file can be made in the folder '/proc'")


def test_a_folder_is_written_neither_over_a_file_nor_a_device(run_cli: RunCli, tmp_path: Path) -> None:
    make_device(tmp_path / "node")
    (tmp_path / "file").write_text("x")
    for words in (["export", "pairs", "-o"], ["export-images"]):
        for name, reason in (("node", "could not be written: it is a device, pipe or socket"), ("file", "is a file")):
            code, _, err = run_cli(*words, tmp_path / name)
            error = next(line for line in err.splitlines() if line.startswith("error"))
            assert (code, error) == (1, f"error: '{tmp_path / name}' {reason}")
            assert "choose a new folder.\n" in err


def test_answers_without_a_format_go_to_a_stream_as_to_the_screen(tmp_path: Path) -> None:
    for words, start in ((["report"], b"# ImageRewardDB"), (["sql", "SELECT 1 AS n"], "┌".encode())):
        done = subprocess.run(
            [sys.executable, "-m", "irdb_sql", *words, "-o", "/dev/stdout"],
            capture_output=True,
            check=True,
            cwd=tmp_path,
        )
        assert done.stdout.startswith(start)
        assert not list(tmp_path.iterdir())

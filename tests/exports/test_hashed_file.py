"""Files that are hashed while they are written: their bytes, with and without the system's cache, and what fails."""

from __future__ import annotations

import errno
import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from irdb_sql.exports.hashed_file import HashedFile

BLOCK = 4 * 2**20
PAGE = 4096
SIZES = [0, 1, PAGE - 1, PAGE, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + PAGE, 3 * BLOCK + 12_345]
NOISE = random.Random(0).randbytes(SIZES[-1])  # noqa: S311 - repeatable, not secret


def write(path: Path, content: bytes, pieces: int = 700_001) -> str:
    file = HashedFile(path)
    try:
        for begin in range(0, len(content), pieces):
            file.write(memoryview(content)[begin : begin + pieces])
        assert file.size == len(content)
        return file.finish()
    except BaseException:
        file.abandon()
        raise


def refuse_direct_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a filesystem that takes the flag and then writes nothing that way."""
    plain = os.write
    fcntl = pytest.importorskip("fcntl")

    def write(descriptor: int, content: memoryview) -> int:
        if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_DIRECT:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return plain(descriptor, content)

    monkeypatch.setattr(os, "write", write)


def write_short(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.write
    monkeypatch.setattr(
        os, "write", lambda descriptor, content: plain(descriptor, content[: max(1, len(content) // 3)])
    )


def have_no_direct_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "O_DIRECT", raising=False)


@pytest.mark.parametrize("system", [None, refuse_direct_writes, write_short, have_no_direct_writes])
@pytest.mark.parametrize("size", SIZES)
def test_a_file_holds_what_was_written_and_knows_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, system: Callable[[pytest.MonkeyPatch], None] | None
) -> None:
    if system is not None:
        system(monkeypatch)
    content = NOISE[:size]
    assert write(tmp_path / "file", content) == hashlib.sha256(content).hexdigest()
    assert (tmp_path / "file").read_bytes() == content


def test_small_pieces_keep_their_order(tmp_path: Path) -> None:
    content = NOISE[: BLOCK + 1]
    write(tmp_path / "file", content, 333)
    assert (tmp_path / "file").read_bytes() == content


def test_a_full_disk_is_reported_and_nothing_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_none(_descriptor: int, _content: memoryview) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", write_none)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "file", NOISE)

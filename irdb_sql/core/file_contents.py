"""Tells by its first bytes that a file is of another kind than its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.regular_files import check_regular_file

if TYPE_CHECKING:
    from pathlib import Path

FIRST_BYTES = 1024
"""Bytes of the begin of a file from which its kind is told."""

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
"""The first bytes of a file that stands for another one in a repository cloned without Git LFS."""

LFS_HINT = "run `git lfs pull` in its folder, or download the dataset with `irdb download DIR`."

PARQUET, JSON, ZIP, TAR = "a Parquet file", "JSON", "a zip archive", "a tar archive"

_BEGINNINGS = {
    b"PAR1": PARQUET,
    b"PK\x03\x04": ZIP,
    b"PK\x05\x06": ZIP,
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\x00": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"ARROW1": "an Arrow file",
    b"SQLite format 3\x00": "an SQLite database",
    b"%PDF-": "a PDF document",
    b"\x89PNG\r\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
}
_PAGES = {b"<!doctype html": "an HTML page", b"<html": "an HTML page", b"<?xml": "an XML document"}
_PRINTED = bytes([*range(0x20, 0x7F), 0x09, 0x0A, 0x0D])
_TAR_PLACE, _TAR_MAGIC = 257, b"ustar"


def find_other_kind(first: bytes, *expected: str) -> str | None:
    r"""Say what a file is, if its first bytes tell that it is nothing that is expected.

    Args:
        first: The first bytes, at most `FIRST_BYTES`; all of a shorter file.
        *expected: The kinds that it may be: `PARQUET`, `JSON`, `ZIP` or `TAR`; none for text.

    Returns:
        A part of a sentence; None if it may be of an expected kind.

    Example:
        >>> find_other_kind(b"\x1f\x8b\x08", PARQUET)
        'it is a gzip file'
        >>> find_other_kind(b"", PARQUET)
        'it is empty'
        >>> find_other_kind(b"PAR1", PARQUET)
    """
    text = first.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return "it is empty"
    found = next((kind for begin, kind in _BEGINNINGS.items() if first.startswith(begin)), None)
    lower = text[:20].lower()
    found = found or next((kind for begin, kind in _PAGES.items() if lower.startswith(begin)), None)
    if found is None and first[_TAR_PLACE:].startswith(_TAR_MAGIC):
        found = TAR
    if found is None and expected and JSON not in expected and text[:1] in (b"{", b"["):
        found = JSON
    if found is None and expected in ((PARQUET,), (ZIP,)) and first.isascii() and not first.translate(None, _PRINTED):
        found = "text"
    if found is None or found in expected:
        return None
    is_answer = found in _PAGES.values() or found == JSON
    return f"it is {found}, as a server sends instead of a file that it refuses" if is_answer else f"it is {found}"


def find_other_kind_of_file(path: Path) -> str | None:
    """Do as `find_other_kind` for a regular file, of which the suffix says what is expected; else it is Parquet.

    Raises:
        OSError: It is no regular file, or cannot be read.
    """
    check_regular_file(path)
    with path.open("rb") as opened:
        return find_other_kind(opened.read(FIRST_BYTES), *_EXPECTED.get(path.suffix.lower(), (PARQUET,)))


_EXPECTED: dict[str, tuple[str, ...]] = {
    ".json": (JSON,), ".ndjson": (JSON,), ".jsonl": (JSON,), ".csv": (), ".tsv": (), ".tar": (TAR,),
}  # fmt: skip


def is_lfs_pointer(path: Path) -> bool:
    """Whether a regular file is a pointer of Git LFS.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as opened:
        return opened.read(len(LFS_POINTER)) == LFS_POINTER

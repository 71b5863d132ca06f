"""Image bytes: the right ones, from every place they may lie in, eager and lazy, and what bad ones become."""

from __future__ import annotations

import os
import random
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes.images import FOLDER, bytes_of, content, dataset, write_zip

import irdb_sql
from irdb_sql.images.errors import ImageError
from irdb_sql.storage import byteranges
from irdb_sql.storage import zips as archives

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql import ImageRewardDB


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("lazy", [False, True])
def test_bytes_come_from_a_zip(tmp_path: Path, method: int, lazy: bool) -> None:  # noqa: FBT001 - a parameter of the test
    names = ["a", "b", "tiny"]
    data = {"a": content("a"), "b": b"ab" * 5000, "tiny": b"12 bytes long"[:12]}
    write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": data[name] for name in reversed(names)}, method)
    assert bytes_of(dataset(tmp_path, names), lazy=lazy) == [data[name] for name in names]


def test_bytes_come_from_an_unpacked_file_which_wins_over_a_zip(tmp_path: Path) -> None:
    write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"})
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "b.webp").write_bytes(b"mended")
    assert bytes_of(dataset(tmp_path, "abc")) == [content("a"), b"mended", content("c")]


def test_a_zip64_archive_is_read(tmp_path: Path) -> None:
    path = tmp_path / f"{FOLDER}.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in "ab":
            with archive.open(zipfile.ZipInfo(f"{name}.webp"), "w", force_zip64=True) as member:
                member.write(content(name))
    assert bytes_of(dataset(tmp_path, "ab")) == [content("a"), content("b")]


def test_a_zip64_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)  # more members than this make the end record a zip64 one
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 3000)  # and an offset beyond this an extra field
    write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"})
    assert b"PK\x06\x06" in (tmp_path / f"{FOLDER}.zip").read_bytes()
    assert bytes_of(dataset(tmp_path, "abc")) == [content(name) for name in "abc"]


def test_long_local_headers_comments_and_a_prefix_are_read_over(tmp_path: Path) -> None:
    path = tmp_path / f"{FOLDER}.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = b"c" * 5000
        for name in "ab":
            info = zipfile.ZipInfo(f"{name}.webp")
            info.extra = struct.pack("<HH", 0xCAFE, 60_000) + bytes(60_000)
            archive.writestr(info, content(name))
    path.write_bytes(b"#!/bin/sh\n" * 100 + path.read_bytes())
    assert bytes_of(dataset(tmp_path, "ab")) == [content("a"), content("b")]


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 30)


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(content("b")) + 1000] ^= 1
    path.write_bytes(data)


def change_directory(path: Path, offset: int, format: str, *values: int) -> None:
    """Write over a field of the second member's entry in the central directory."""
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    struct.pack_into(format, data, second + offset, *values)
    path.write_bytes(data)


def empty_member(path: Path) -> None:
    write_zip(path, {"a.webp": content("a"), "b.webp": b"", "c.webp": content("c")})


def without_member(path: Path) -> None:
    write_zip(path, {"a.webp": content("a"), "c.webp": content("c")})


def repeated_member(path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo("b.webp"), b"another")


def deflated_bomb(path: Path) -> None:
    write_zip(path, {"a.webp": content("a"), "b.webp": bytes(80_000_000), "c.webp": content("c")}, zipfile.ZIP_DEFLATED)


def deflated_lie(path: Path) -> None:
    write_zip(path, {"a.webp": content("a"), "b.webp": bytes(80_000_000), "c.webp": content("c")}, zipfile.ZIP_DEFLATED)
    change_directory(path, 24, "<L", 2000)


def deflated_garbage(path: Path) -> None:
    write_zip(path, {"a.webp": content("a"), "b.webp": content("b"), "c.webp": content("c")}, zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    begin = data.index(b"b.webp") + 6
    data[begin : begin + 200] = b"\xff" * 200
    path.write_bytes(data)


def other_local_header(path: Path) -> None:
    data = bytearray(path.read_bytes())
    begin = data.index(b"b.webp")
    data[begin : begin + 6] = b"x.webp"
    path.write_bytes(data)


def method_bzip2(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in "abc":
            archive.writestr(zipfile.ZipInfo(f"{name}.webp"), content(name), zipfile.ZIP_BZIP2 if name == "b" else 0)


ONE_BAD: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a flipped byte": (flip_a_byte, "corrupt", "its CRC-32 is"),
    "an empty member": (empty_member, "empty", "has no bytes"),
    "no such member": (without_member, "missing", "the archive has no such member"),
    "a name that stands twice": (repeated_member, "corrupt", "its name stands twice"),
    "a size too large": (
        lambda path: change_directory(path, 20, "<LL", 2**31, 2**31),
        "corrupt",
        "more than 67,108,864",
    ),
    "a size that reaches too far": (lambda path: change_directory(path, 20, "<LL", 9000, 9000), "corrupt", "overlaps"),
    "a zip bomb": (deflated_bomb, "corrupt", "80,000,000 bytes, more than 67,108,864"),
    "a bomb that lies about its size": (deflated_lie, "corrupt", "it inflates to more than its 2,000 bytes"),
    "deflated garbage": (deflated_garbage, "corrupt", "invalid"),
    "sizes that differ": (lambda path: change_directory(path, 24, "<L", 1999), "corrupt", "its two sizes differ"),
    "another name in place": (other_local_header, "corrupt", "another member, or none, stands in its place"),
    "an encrypted member": (lambda path: change_directory(path, 8, "<H", 1), "corrupt", "encrypted"),
    "another method": (method_bzip2, "corrupt", "compressed by method 12"),
    "another CRC": (lambda path: change_directory(path, 16, "<L", 7), "corrupt", "not 00000007"),
}
"""What is done to the zip, the status that image b then has, and words of the reason."""


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("fault", ONE_BAD)
def test_one_bad_image_ends_as_documented_and_the_good_ones_are_delivered(
    tmp_path: Path,
    fault: str,
    lazy: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    spoil, status, reason = ONE_BAD[fault]
    spoil(write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"}))
    with irdb_sql.connect(dataset(tmp_path, "abc")) as db:
        with pytest.raises(ImageError) as refused:
            bytes_of(db, lazy=lazy)
        assert refused.value.status == status
        assert f"'{FOLDER}/b.webp'" in str(refused.value)
        assert f"'{FOLDER}.zip'" in str(refused.value)
        assert reason in str(refused.value)
        assert bytes_of(db, lazy=lazy, on_error="null") == [content("a"), None, content("c")]
        assert bytes_of(db, lazy=lazy, on_error="skip") == [content("a"), content("c")]
        assert db.image_files(verify=True)["status"].to_list() == ["ok", status, "ok"]


def overlapping(path: Path) -> None:
    """Let the second member's header lie where the first one's does."""
    change_directory(path, 42, "<L", 0)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


ALL_BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "a zip cut short": (cut_short, "corrupt"),
    "a zip cut to nothing": (lambda path: os.truncate(path, 0), "empty"),
    "no zip": (lambda path: path.write_bytes(b"<html>Not found</html>"), "corrupt"),
    "a folder with the zip's name": (a_folder, "corrupt"),
    "a directory that is broken": (lambda path: change_directory(path, 0, "<L", 0), "corrupt"),
    "a zip that is missing": (lambda path: path.unlink(), "archive_missing"),
}


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("fault", ALL_BAD)
def test_a_bad_archive_ends_as_documented(tmp_path: Path, fault: str, lazy: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
    spoil, status = ALL_BAD[fault]
    spoil(write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"}))
    with irdb_sql.connect(dataset(tmp_path, "abc")) as db:
        with pytest.raises(ImageError) as refused:
            bytes_of(db, lazy=lazy)
        assert refused.value.status == status
        assert f"'{FOLDER}.zip'" in str(refused.value)
        assert bytes_of(db, lazy=lazy, on_error="null") == [None] * 3
        assert bytes_of(db, lazy=lazy, on_error="skip") == []
        assert db.image_files()["status"].to_list() == [status] * 3
        assert db.image_files(verify=True).equals(db.image_files())


def test_members_that_overlap_are_all_refused(tmp_path: Path) -> None:
    overlapping(write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"}))
    assert bytes_of(dataset(tmp_path, "abc"), on_error="null")[1:] == [None, content("c")]


def test_a_directory_that_claims_too_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"})
    monkeypatch.setattr(archives, "_LARGEST_DIRECTORY", 100)
    with pytest.raises(ImageError, match="its central directory is to have"):
        bytes_of(dataset(tmp_path, "abc"))


def test_a_zip_is_indexed_once_a_process_and_anew_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed = []
    read_index = archives._read_index  # noqa: SLF001 - what is counted

    def spy(file: byteranges.ByteRanges) -> archives.Archive:
        indexed.append(file.display_name)
        return read_index(file)

    monkeypatch.setattr(archives, "_read_index", spy)
    path = write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"})
    dataset(tmp_path, "abc")
    for _ in range(2):
        assert bytes_of(tmp_path) == [content(name) for name in "abc"]
    assert indexed == [f"{FOLDER}.zip"]
    with irdb_sql.connect(tmp_path) as db:
        lazy = db.images(images=True, lazy=True)
        path.unlink()
        write_zip(path, {f"{name}.webp": content(name * 2) for name in "cab"})
        assert lazy.collect()["image"].to_list() == [content(name * 2) for name in "abc"]
        assert db.image_files()["status"].to_list() == ["ok"] * 3
    assert len(indexed) == 2


def test_a_zip_that_changes_all_the_time_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_zip(tmp_path / f"{FOLDER}.zip", {"a.webp": content("a")})
    monkeypatch.setattr(byteranges, "_identity", lambda _facts: (random.random(),))  # noqa: S311 - any other number
    with pytest.raises(ImageError, match="changes"):
        bytes_of(dataset(tmp_path, "a"))


def test_the_bytes_are_those_that_the_standard_library_reads(db: ImageRewardDB) -> None:
    images = db.images(split="test", images=True)
    for path, data in images.select("image_path", "image").iter_rows():
        folder, name = path.rsplit("/", 1)
        with zipfile.ZipFile(db.source.folder / f"{folder}.zip") as archive:
            assert archive.read(name) == data
    files = db.image_files().filter(split="test")
    assert files["crc"].to_list() == [zlib.crc32(data) for data in images["image"]]
    assert files["size"].to_list() == [len(data) for data in images["image"]]

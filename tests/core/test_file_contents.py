"""Files of another kind than their name says are told by their first bytes, whoever reads them."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata

import irdb_sql
from irdb_sql.core.file_contents import ZIP, find_other_kind
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from pathlib import Path

connect: Any = irdb_sql.connect  # whose options are a dict here


def make_tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return made.getvalue()


def make_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "a")
    return made.getvalue()


def make_parquet() -> bytes:
    made = io.BytesIO()
    pl.DataFrame({"a": [1]}).write_parquet(made)
    return made.getvalue()


CONTENTS = {
    "it is empty": b"",
    "it is empty ": b" \n\r\n",
    "it is an HTML page": b"\n<!DOCTYPE html>\n<html><body>Sign in</body></html>",
    "it is an HTML page ": b"\xef\xbb\xbf<HTML>",
    "it is an XML document": b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
    "it is a gzip file": gzip.compress(b"image,m\n"),
    "it is a zip archive": make_zip(),
    "it is a tar archive": make_tar(),
    "it is a Parquet file": make_parquet(),
    "it is a 7z archive": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(30),
    "it is JSON": json.dumps({"error": "Rate limit"}).encode(),
}
"""What is said of contents; a space at the end tells two of a kind apart."""
KINDS = {
    "scores.parquet": "it is a Parquet file", "scores.csv": "it is JSON", "scores.tsv": "it is JSON", "scores.json": "it is JSON",
    "scores.ndjson": "it is JSON", "metadata.parquet": "it is a Parquet file", "ranking.json": "it is JSON",
    "verification.parquet": "it is a Parquet file",
}  # fmt: skip
"""Files that are read, and the one content that each may have."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_metadata(tmp_path_factory.mktemp("data"), [image("p", "a", 1), image("p", "b", 2)])


@pytest.mark.parametrize(
    ("name", "words"), [(name, words) for name, own in KINDS.items() for words in CONTENTS if words != own]
)
def test_every_reader_says_what_a_file_is(folder: Path, tmp_path: Path, name: str, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(CONTENTS[words])
    arguments = {"scores": (folder, {"scores": path}), "verification": (folder, {"images": path})}
    source, options = arguments.get(path.stem, (path, {}))
    with pytest.raises(IrdbError) as raised:
        connect(source, **options)
    assert words.strip() in raised.value.sentence
    assert path.name in raised.value.sentence


@pytest.mark.parametrize("words", CONTENTS)
def test_an_archive_that_is_none_says_what_it_is(tmp_path: Path, words: str) -> None:
    row = image("p", "a", 1) | {"image_path": "images/test/test_1/a.webp"}
    folder = write_metadata(tmp_path, [row])
    content = CONTENTS[words] if words != "it is a zip archive" else make_zip()[:-30]
    (folder / "images" / "test").mkdir(parents=True)
    (folder / "images" / "test" / "test_1.zip").write_bytes(content)
    with irdb_sql.connect(folder) as db, pytest.raises(IrdbError) as raised:
        db.images(images=True)
    told = "it does not end as a zip archive does, as after an incomplete download"
    expected = told if words == "it is a zip archive" else "has no bytes" if not content else words.strip()
    assert expected in str(raised.value)


def test_a_key_that_stands_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "test.json"
    path.write_text('[{"id": "1", "prompt": "p", "generations": ["a", "b"], "ranking": [1, 2], "ranking": [2, 1]}]')
    with pytest.raises(IrdbError, match="an object has the key 'ranking' twice"):
        irdb_sql.connect(path)


def test_what_is_expected_is_no_fault() -> None:
    assert find_other_kind(make_zip(), ZIP) is None
    assert find_other_kind(b"image,m\n") is None

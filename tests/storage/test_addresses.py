"""Addresses that nothing reads are refused, with the one that is meant or those that are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import irdb_sql
from irdb_sql.errors import NotFoundError
from irdb_sql.storage.errors import ADDRESSES, RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATASET = "hf://datasets/owner/name"
CALLS: dict[str, Callable[[str, Path], object]] = {
    "data": lambda place, _: irdb_sql.connect(place),
    "images_root": lambda place, _: irdb_sql.connect(images_root=place),
    "import": irdb_sql.import_parts,
    "import without metadata": lambda place, _: irdb_sql.import_parts(place),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "place",
    [
        "owner/name",
        "hf:owner/name",
        "hf://owner/name",
        "HF://owner/name",
        "Hf://datasets/owner/name",
        " hf://datasets/owner/name",
        "huggingface.co/datasets/owner/name",
        "https://huggingface.co/datasets/owner/name",
        "HTTPS://www.huggingface.co/datasets/owner/name",
    ],
)
def test_a_dataset_of_the_hub_that_is_meant_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[[str, Path], object], place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((RemoteError, NotFoundError)) as caught:
        call(place, tmp_path)
    assert f"is {DATASET}." in caught.value.hint


@pytest.mark.parametrize("call", [name for name in CALLS if name != "import without metadata"])
@pytest.mark.parametrize(
    ("place", "reason", "hint"),
    [
        ("foo://x/y", "such addresses are not known", ""),
        ("://x/y", "it has no scheme", ""),
        ("HTTP://127.0.0.1/x", "'HTTP' is not http", "write http://…; "),
        ("S3://bucket/x", "'S3' is not s3", "write s3://…; "),
    ],
)
def test_an_address_that_nothing_reads_is_told_those_that_are_read(
    tmp_path: Path, call: str, place: str, reason: str, hint: str
) -> None:
    with pytest.raises(RemoteError, match="cannot be read") as caught:
        CALLS[call](place, tmp_path)
    assert caught.value.sentence.endswith(f": {reason}")
    assert caught.value.hint == f"{hint}{ADDRESSES}"


def test_a_server_that_cannot_be_reached_is_told_with_the_addresses_that_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr("fsspec.core.url_to_fs", fail)
    with pytest.raises(RemoteError, match="Connection refused") as caught:
        irdb_sql.connect("ftp://127.0.0.1/data")
    assert caught.value.hint == ADDRESSES

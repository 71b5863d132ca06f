"""Reads at given positions, whatever the system offers for them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes.images import FOLDER, bytes_of, content, dataset, write_zip


def test_reads_are_positioned_also_where_the_system_has_no_pread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pread")
    write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"})
    assert bytes_of(dataset(tmp_path, "abc")) == [content(name) for name in "abc"]


def test_a_system_that_reads_short_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda descriptor, length, offset: pread(descriptor, min(length, 700), offset))
    write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"})
    assert bytes_of(dataset(tmp_path, "abc")) == [content(name) for name in "abc"]

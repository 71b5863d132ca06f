"""Fixtures of the explorer: small data with images, broken ones among them, and a client that asks without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import image, write_metadata
from fakes.images import FOLDER, webp, write_zip
from starlette.testclient import TestClient

import irdb_sql
from irdb_sql.explore.app import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from irdb_sql import ImageRewardDB

HOSTILE = "<script>alert(1)</script> \u202eevil \x1b[31m{{ 7 * 7 }} \"'&"
ODD_ID = "a/b?c#d%..\"'<"


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three prompts: one of four images, one of which is broken and one missing; one hostile; one in two splits."""
    place = tmp_path_factory.mktemp("explored")
    rows = [
        image("p1", "a", 1, 7, 6, 5, prompt="a red fox", classification="Animals"),
        image("p1", "b", 2, 5, 5, 5, prompt="a red fox", classification="Animals"),
        image("p1", "c", 2, 6, 4, 4, prompt="a red fox", classification="Animals"),
        image("p1", "d", 4, 1, 1, 1, prompt="a red fox", classification="Animals"),
        image(ODD_ID, "e", 1, 4, 4, 4, prompt=HOSTILE, classification="<b>Arts</b>"),
        image(ODD_ID, "f", None, prompt=HOSTILE, classification="<b>Arts</b>"),
        image("p3", "g", 1, 7, 7, 7, prompt="a Blue Fox", classification="Animals"),
        image("p3", "h", 3, 6, 6, 6, prompt="a Blue Fox", classification="Animals"),
        image("..", "k", 1, 4, 4, 4, prompt=" ", classification="Animals"),
        image("..", "l", None, prompt=" ", classification="Animals"),
        image("p3", "i", 1, 3, 3, 3, prompt="a Blue Fox", classification="Animals", split="train"),
        image("p3", "j", 2, 2, 2, 2, prompt="a Blue Fox", classification="Animals", split="train"),
    ]
    write_metadata(place, rows)
    good = {f"{name}.webp": webp(number * 20) for number, name in enumerate("abefgh")}
    broken = {
        "c.webp": b"<html>no image</html>", "k.webp": webp(30)[:30], "l.webp": b"RIFF\x24\x00\x00\x00WAVEfmt no picture",
    }  # fmt: skip
    write_zip(place / f"{FOLDER}.zip", {**good, **broken})
    write_zip(place / "images/train/train_1.zip", {"i.webp": webp(200), "j.webp": webp(220)})
    return place


SCORES = {
    "a": (3.0, 1.0), "b": (2.0, 2.0), "c": (1.0, 2.5), "d": (0.0, 4.0), "e": (1.0, 1.0), "g": (2.0, 0.5), "h": (5.0, 0.25),
    "i": (1.0, 1.0), "j": (0.5, 2.0), "k": (1.0, 0.0),
}  # fmt: skip
"""Scores of the scorers `good` and `<i>bad</i>`, by the file's name."""


@pytest.fixture(scope="package")
def explored(folder: Path) -> Iterator[ImageRewardDB]:
    scores = {
        scorer: {
            f"images/{split}/{split}_1/{name}.webp": both[place]
            for name, both in SCORES.items()
            for split in ("train" if name in "ij" else "test",)
        }
        for place, scorer in enumerate(("good", "<i>bad</i>"))
    }
    with irdb_sql.connect(folder, scores=scores) as opened:
        yield opened


@pytest.fixture(scope="package")
def client(explored: ImageRewardDB) -> Iterator[TestClient]:
    with TestClient(make_app(explored), base_url="http://localhost:8000", follow_redirects=False) as opened:
        yield opened

"""Images and thumbnails: from the catalogue alone, by ranges and tags, kept within a limit, and with a reason if broken."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest
from fakes.image_server import ImageServer
from fakes.images import webp
from PIL import Image

import irdb_sql
from irdb_sql.explore.answers import Answers
from irdb_sql.explore.pictures import Pictures

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from starlette.testclient import TestClient

    from irdb_sql import ImageRewardDB


@pytest.fixture(scope="module")
def key(explored: ImageRewardDB) -> str:
    return Pictures(explored).key


def test_an_image_is_sent_as_it_is_and_once(client: TestClient, key: str) -> None:
    whole = client.get(f"/images/{key}/2")
    assert (whole.content, whole.headers["content-type"]) == (webp(0), "image/webp")
    assert whole.headers["cache-control"].startswith("private")
    tag = whole.headers["etag"]
    for header in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        again = client.get(f"/images/{key}/2", headers={"If-None-Match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"/images/{key}/2", headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head(f"/images/{key}/2")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(webp(0))))


def test_a_range_is_sent_alone(client: TestClient, key: str) -> None:
    content = webp(0)
    tag = client.get(f"/images/{key}/2").headers["etag"]
    part = client.get(f"/images/{key}/2", headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (
        206,
        content[2:6],
        f"bytes 2-5/{len(content)}",
    )
    none = client.get(f"/images/{key}/2", headers={"Range": "bytes=999999-"})
    assert (none.status_code, none.headers["content-range"]) == (416, f"bytes */{len(content)}")
    for headers in ({"Range": "bytes=0-1,4-5"}, {"Range": "bytes=2-5", "If-Range": '"other"'}):
        assert client.get(f"/images/{key}/2", headers=headers).content == content
    assert client.get(f"/images/{key}/2", headers={"Range": "bytes=2-5", "If-Range": tag}).status_code == 206


def test_a_thumbnail_is_small(client: TestClient, key: str) -> None:
    picture = Image.open(io.BytesIO(client.get(f"/thumbnails/{key}/2").content))
    assert picture.format == "WEBP"
    assert max(picture.size) <= 224


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (4, "a web page; only WebP, PNG and JPEG are read"),
        (5, "missing: the archive has no such member"),
        (999, "no image has row 999"),
    ],
)
def test_a_broken_image_has_a_reason(client: TestClient, key: str, row: int, reason: str) -> None:
    for kind in ("images", "thumbnails"):
        answer = client.get(f"/{kind}/{key}/{row}")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/plain")
        assert reason in answer.text


def test_bytes_that_only_begin_like_an_image_are_none(client: TestClient, key: str) -> None:
    for kind in ("images", "thumbnails"):
        assert client.get(f"/{kind}/{key}/11").status_code == 404  # a sound
    assert (
        client.get(f"/thumbnails/{key}/10").status_code == 404
    )  # cut off: what a browser cannot show is asked for here


@pytest.mark.parametrize("row", ["-1", "1.0", "x", "\u0662", "9" * 30, "%2e%2e", "1%00"])
def test_what_is_no_row_is_no_image(client: TestClient, key: str, row: str) -> None:
    assert client.get(f"/images/{key}/{row}").status_code == 404
    assert client.get(f"/images/other/{2}").status_code == 404


def test_images_of_a_server_come_by_their_ranges_and_once(folder: Path) -> None:
    served = ImageServer(folder)
    threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
    with irdb_sql.connect(folder, images_root=served.url) as db:
        pictures = Pictures(db)
        assert pictures.image(2).content == webp(0)
        asked = len(served.requests)
        assert all("bytes=" in request for request in served.requests if "test_1.zip" in request)
        assert pictures.image(2).content == webp(0)
        assert len(served.requests) == asked
    served.shutdown()
    served.server_close()


def test_pictures_are_kept_within_a_limit(explored: ImageRewardDB, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    ask = explored.query

    def count(name: str, *, row: int) -> pl.DataFrame:
        read.append(row)
        return ask(name, row=row)

    monkeypatch.setattr(explored, "query", count)
    pictures = Pictures(explored, most_bytes=len(webp(0)) + len(webp(20)))
    for row in (2, 2, 3, 2, 6, 2, 3):
        pictures.image(row)
    assert read == [2, 3, 6, 3]


def test_an_answer_is_asked_for_once_by_all_who_wait(explored: ImageRewardDB) -> None:
    answers, begun = Answers(explored), threading.Event()
    asked: list[int] = []

    def ask() -> pl.DataFrame:
        asked.append(1)
        begun.wait(10)
        return explored.query("totals")

    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(answers.keep("x", ask))) for _ in range(4)]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()
    assert len(asked) == 1
    assert all(each is found[0] for each in found)


def test_answers_that_were_asked_for_longest_ago_go_first(explored: ImageRewardDB) -> None:
    answers = Answers(explored, most_bytes=1)
    first = answers.ask("totals")
    assert answers.ask("totals") is first
    answers.ask("rank_gaps")
    assert answers.ask("totals") is not first

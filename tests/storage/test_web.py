"""Images behind a web address: few requests, few bytes, and no wrong byte ever."""

from __future__ import annotations

import functools
import json
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, uncovered, write_metadata
from fakes.image_server import FOLDER, SIZE, Handler, ImageServer, content, zip_again

import irdb_sql
from irdb_sql.errors import IrdbError
from irdb_sql.images.errors import ImageError
from irdb_sql.storage import web
from irdb_sql.storage.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def read_images(server: ImageServer, tmp_path: Path) -> Callable[..., list[bytes | None]]:
    folder = tmp_path / "data"
    folder.mkdir()
    database = irdb_sql.connect(write_metadata(folder, []), images_root=server.url)

    def read(*names: str, **options: Any) -> list[bytes | None]:
        paths = pl.DataFrame({"image_path": [f"{FOLDER}/{name}.webp" if len(name) == 1 else name for name in names]})
        contents: list[bytes | None] = database.with_images(paths, **options)["image"].to_list()
        return contents

    return read


def test_one_image_of_an_indexed_zip_costs_one_request_of_its_own_size(server: ImageServer, read_images: Any) -> None:
    assert read_images("d") == [content("d")]
    assert [line.split()[1] for line in server.requests] == [
        "bytes=-262144",
        f"bytes={3 * (SIZE + 36)}-{4 * (SIZE + 36) - 1}",
    ]
    server.requests.clear()
    server.sent = 0
    assert read_images("b") == [content("b")]
    assert len(server.requests) == 1
    assert server.sent == SIZE + 36


def test_neighbours_are_read_at_once_and_others_by_themselves(server: ImageServer, read_images: Any) -> None:
    read_images("a")
    server.requests.clear()
    assert read_images("f", "a", "b", "e", "c") == [content(name) for name in "fabec"]
    assert len(server.requests) == 1  # the gap, one image, is smaller than a request is worth
    assert server.sent < 300_000 + 7 * SIZE


def test_an_unpacked_image_is_read_whole_where_there_is_no_zip(server: ImageServer, read_images: Any) -> None:
    path = "images/un packed/ä?&#.webp"
    assert read_images(path) == [b"unpacked"]
    assert len(server.requests) == 2
    assert read_images(path) == [b"unpacked"]
    assert len(server.requests) == 3  # that there is no zip is known by now
    assert read_images("images/un packed/none.webp", "x", on_error="null") == [None, None]
    with pytest.raises(ImageError, match="archive missing"):
        read_images("images/un packed/none.webp")
    with pytest.raises(ImageError, match="no such member"):
        read_images("x")


def test_the_rest_of_an_address_stays_behind_its_path(server: ImageServer, tmp_path: Path) -> None:
    paths = pl.DataFrame({"image_path": [f"{FOLDER}/a.webp"]})
    with irdb_sql.connect(write_metadata(tmp_path, []), images_root=f"{server.url}/?download=true") as db:
        assert db.with_images(paths)["image"].item() == content("a")
    assert all(line.startswith(f"/{FOLDER}.zip?download=true ") for line in server.requests)


@pytest.mark.parametrize("fault", ["drop", "short", "busy"])
def test_a_fault_that_passes_is_asked_again(server: ImageServer, read_images: Any, fault: str) -> None:
    server.faults = [fault, fault]
    assert read_images("a") == [content("a")]
    server.faults = [fault, fault]
    assert read_images("b") == [content("b")]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("drop", "onnection"),
        ("short", "Incomplete|bytes read"),
        ("busy", "503"),
        ("refuse", "403"),
        ("ignore", "ignores Range"),
        ("wrong", "where"),
    ],
)
@pytest.mark.parametrize("on_error", ["raise", "null", "skip"])
def test_a_server_that_stays_at_fault_is_an_error_and_never_a_null(  # noqa: PLR0913, PLR0917 - fixtures and parameters
    server: ImageServer, read_images: Any, fault: str, words: str, on_error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "_BACKOFF", 0.0)
    server.always = fault
    with pytest.raises(RemoteError, match=words):
        read_images("a", on_error=on_error)
    assert server.sent < 1_200_000  # of 20 million bytes
    server.always = ""
    read_images("a")
    server.always = fault
    with pytest.raises(RemoteError, match=words):
        read_images("b", on_error=on_error)
    server.always = ""
    assert read_images("b") == [content("b")]


def test_a_listing_of_a_server_that_ignores_ranges_is_refused_in_one_sentence(
    server: ImageServer, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    data = write_metadata(tmp_path / "data", [image("p", "a", 1)])
    server.always = "ignore"
    with pytest.raises(RemoteError, match="ignores Range") as caught:
        irdb_sql.connect(data, images_root=server.url, images="ok")
    assert "Traceback" not in str(caught.value)
    with irdb_sql.connect(data, images_root=server.url) as db:
        with pytest.raises(RemoteError, match="ignores Range"):
            db.query("repair_plan")
        server.always = ""
        assert db.query("repair_plan").height == 0


def test_a_file_that_changes_in_between_is_indexed_anew(server: ImageServer, read_images: Any) -> None:
    assert read_images("a") == [content("a")]
    zip_again(server.folder / f"{FOLDER}.zip")
    assert read_images("a", "f") == [content("A"), content("F")]
    server.faults = ["", "change"]
    assert read_images("b") == [content("B")]


def test_a_file_that_becomes_shorter_is_indexed_anew(server: ImageServer, read_images: Any) -> None:
    assert read_images("f") == [content("f")]
    with zipfile.ZipFile(server.folder / f"{FOLDER}.zip", "w") as archive:
        archive.writestr("f.webp", b"short")
    assert read_images("f") == [b"short"]


WAITS = {
    "3": [3.0],
    " 60 ": [60.0],
    "0": [0.0],
    "soon": [0.2],
    "": [0.2],
    "-5": [0.2],
    "Thu, 01 Jan 1970 00:00:00 GMT": [0.0],
    "Thu, 99 Foo 1970": [0.2],
}


@pytest.mark.parametrize(("retry_after", "seconds"), WAITS.items(), ids=WAITS)
def test_a_busy_server_is_waited_for_as_long_as_it_asks(  # noqa: PLR0913, PLR0917 - fixtures and parameters
    server: ImageServer,
    read_images: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    retry_after: str,
    seconds: list[float],
) -> None:
    slept: list[float] = []
    # The module's own clock, as threads of other tests, such as those of Spark, sleep too.
    monkeypatch.setattr(web, "time", SimpleNamespace(sleep=slept.append, time=time.time))
    server.retry_after = retry_after
    server.faults = ["busy"]
    assert read_images("a") == [content("a")]
    assert slept == seconds
    said = [record.message for record in caplog.records]
    assert said == [
        f"note: {server.url}/{FOLDER}.zip asks to wait {wait:.0f} s before the next request"
        for wait in seconds
        if wait >= 2
    ]


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("100000", []), ("61", []), ("9" * 400, []), ("25", [25.0, 25.0])]
)
def test_no_server_is_waited_for_more_than_a_minute(
    server: ImageServer, read_images: Any, monkeypatch: pytest.MonkeyPatch, retry_after: str, seconds: list[float]
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(web, "time", SimpleNamespace(sleep=slept.append, time=time.time))
    server.retry_after = retry_after
    server.always = "busy"
    with pytest.raises(RemoteError, match="the server answers 503 and asks to wait"):
        read_images("a")
    assert slept == seconds


def test_a_file_that_always_changes_is_an_error(server: ImageServer, read_images: Any) -> None:
    server.always = "other"
    with pytest.raises(ImageError, match="changes again and again"):
        read_images("a")


def test_a_server_that_answers_slowly_is_given_up(read_images: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_BACKOFF", 0.0)
    monkeypatch.setattr(web, "_WAIT", 0.05)
    monkeypatch.setattr(web, "connections", functools.cache(web.connections.__wrapped__))
    waiting = threading.Event()
    do_get = Handler.do_GET
    monkeypatch.setattr(Handler, "do_GET", lambda self: (waiting.wait(20), do_get(self)))
    with pytest.raises(RemoteError, match="timed out"):
        read_images("a")
    waiting.set()


def test_an_empty_zip_and_one_cut_short_are_corrupt(server: ImageServer, read_images: Any) -> None:
    (server.folder / "images/empty.zip").write_bytes(b"")
    (server.folder / "images/cut.zip").write_bytes((server.folder / f"{FOLDER}.zip").read_bytes()[:-10])
    for name, words in (("empty", "the archive has no bytes"), ("cut", "the archive cannot be read")):
        with pytest.raises(ImageError, match=words):
            read_images(f"images/{name}/a.webp")


def test_a_directory_longer_than_the_tail_costs_one_request_more(
    server: ImageServer, read_images: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.HttpFile, "tail_length", 100)
    assert read_images("a", "f") == [content("a"), content("f")]
    assert [line.split("=")[1][0] for line in server.requests] == ["-", "2", "0"]


def test_hostile_paths_make_no_request(server: ImageServer, read_images: Any) -> None:
    paths = ["../x.webp", "/etc/passwd", "images/../../x", "http://127.0.0.1/x", "images//x", "..\\b", "C:\\x", "C:/x"]
    assert read_images(*paths, on_error="null") == [None] * len(paths)
    assert server.requests == []


def test_the_manifest_of_a_remote_root_reads_no_image(server: ImageServer, tmp_path: Path) -> None:
    rows = [image("p", name, 1) for name in "abx"]
    rows.append(image("p", "u", 1, image_path="images/un packed/ä?&#.webp"))
    folder = tmp_path / "data"
    folder.mkdir()
    with irdb_sql.connect(write_metadata(folder, rows), images_root=server.url) as db:
        assert db.image_files()["status"].to_list() == ["ok", "ok", "missing", "archive_missing"]
        assert len(server.requests) == 2
        lazy = db.images(images=True, lazy=True, on_error="skip").head(1)
        assert lazy.collect()["image"].to_list() == [content("a")]
        server.always = "refuse"
        with pytest.raises(IrdbError, match="403"):
            db.image_files(verify=True)


SILENT = """
import socket, sys, threading
import irdb_sql

server = socket.create_server(("127.0.0.1", 0))
kept = []

def listen():
    while True:
        kept.append(server.accept())
        print("asked", flush=True)

threading.Thread(target=listen, daemon=True).start()
with irdb_sql.connect(images_root=f"http://127.0.0.1:{server.getsockname()[1]}", split="test") as db:
    try:
        if sys.argv[1] == "eager":
            db.images(images=True)
        elif sys.argv[1] == "manifest":
            db.image_files()
        else:
            db.images(images=True, lazy=True).collect(engine=sys.argv[1])
    except KeyboardInterrupt:
        print("interrupted", db.sql("SELECT 42").item())
"""


@pytest.mark.parametrize("how", ["eager", "in-memory", "streaming", "manifest"])
def test_ctrl_c_does_not_wait_for_a_server_that_says_nothing(how: str, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", SILENT, how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=uncovered(),
        text=True,
    )
    assert child.stdout is not None
    watchdog = threading.Timer(60, child.kill)
    watchdog.start()
    try:
        assert child.stdout.readline() == "asked\n"
        child.send_signal(signal.SIGINT)
        out, err = child.communicate()
    finally:
        watchdog.cancel()
    assert "interrupted 42" in out.splitlines()  # the thread may say "asked" once more at any time
    assert (child.returncode, err) == (0, "")


def test_without_the_extra_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['urllib3'] = sys.modules['fsspec'] = None\n"
        "import irdb_sql\n"
        "for url in ('http://127.0.0.1:9', 's3://x'):\n"
        "    try:\n"
        "        irdb_sql.connect(images_root=url).images(images=True)\n"
        "    except irdb_sql.IrdbError as error:\n"
        "        print(error)\n"
        "print('urllib3' in sys.modules and sys.modules['urllib3'])\n"
        "with irdb_sql.connect() as db:\n"
        "    print(db.images(images=True).height)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert len(re.findall(r"run `.*pip install .*\[remote\]'`\.", done.stdout)) == 2
    assert done.stdout.endswith("None\n2125\n")


def test_the_json_files_of_parts_come_from_the_web(server: ImageServer, tmp_path: Path) -> None:
    rows = [{name: value for name, value in image("p", name, 1).items() if name != "split"} for name in "abcdef"]
    with zipfile.ZipFile(server.folder / f"{FOLDER}.zip", "w") as archive:
        archive.writestr("a.webp", content("a"))
        archive.writestr("test_1.json", json.dumps(rows[:4]))
    (server.folder / "images/test/test_2").mkdir()
    (server.folder / "images/test/test_2/test_2.json").write_text(json.dumps(rows[4:]))
    (split,) = irdb_sql.import_parts(server.url, tmp_path / "made").splits
    assert (split.parts, split.rows) == ((1, 2), 6)
    assert pl.read_parquet(tmp_path / "made" / "metadata-test.parquet").to_dicts() == rows
    assert len(server.requests) < 80  # a zip or file for each published part, and no guess beyond
    server.always = "refuse"
    with pytest.raises(RemoteError, match="403"):
        irdb_sql.import_parts(server.url, tmp_path / "made")

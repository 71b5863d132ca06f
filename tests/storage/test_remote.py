"""Images behind a web address and in filesystems of fsspec: few requests, few bytes, and no wrong byte ever."""

from __future__ import annotations

import functools
import itertools
import json
import signal
import subprocess
import sys
import threading
import uuid
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import fsspec
import polars as pl
import pytest
from conftest import image, uncovered, write_metadata

import irdb_sql
from irdb_sql.errors import IrdbError, MissingPackageError
from irdb_sql.images.errors import ImageError
from irdb_sql.storage import web
from irdb_sql.storage.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = "images/test/test_1"
SIZE = 3000


def content(name: str) -> bytes:
    return (name * SIZE)[:SIZE].encode()


class Server(ThreadingHTTPServer):
    """A web server of files that answers byte ranges, counts what it sends, and misbehaves as told.

    `faults` holds what to do with the next requests: drop, short, busy, ignore, wrong, other, refuse or change.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.sent = 0
        self.always = ""
        self.versions: Iterator[int] = itertools.count()

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that have hung up."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        server = self.server
        server.requests.append(f"{self.path} {self.headers.get('Range', '')}")
        fault = server.faults.pop(0) if server.faults else server.always
        path = server.folder / unquote(self.path.partition("?")[0]).lstrip("/")
        if fault == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if fault == "change":
            path.write_bytes(path.read_bytes().replace(b"aaaa", b"AAAA"))
            zip_again(path)
        if fault in ("busy", "refuse") or not path.is_file():
            self.answer({"busy": 503, "refuse": 403}.get(fault, 404), b"no")
            return
        data = path.read_bytes()
        tag = {"ETag": f'"{next(server.versions) if fault == "other" else hash(data)}"'}
        wanted = self.headers.get("Range")
        if wanted is None or fault == "ignore":
            self.answer(200, data, tag)
            return
        first, last = wanted.removeprefix("bytes=").split("-")
        begin = max(0, len(data) - int(last)) if not first else int(first)
        end = len(data) if not first else min(int(last) + 1, len(data))
        if begin >= len(data):
            self.answer(416, b"")
            return
        part = data[begin:end]
        if fault == "wrong":
            begin += 1
        place = {"Content-Range": f"bytes {begin}-{end - 1}/{len(data)}"}
        self.answer(206, part, tag | place, keep=len(part) // 2 if fault == "short" else None)

    def answer(self, code: int, body: bytes, headers: dict[str, str] | None = None, keep: int | None = None) -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:keep])
        self.server.sent += len(body[:keep])
        if keep is not None:
            self.close_connection = True


def zip_again(path: Path) -> None:
    """Write the same names with other bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in "abcdef":
            archive.writestr(zipfile.ZipInfo(f"{name}.webp"), content(name.upper()))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of one zip with six images, and of one unpacked image elsewhere."""
    folder = tmp_path / "served"
    (folder / FOLDER).parent.mkdir(parents=True)
    with zipfile.ZipFile(folder / f"{FOLDER}.zip", "w") as archive:
        for name in "abcdef":
            archive.writestr(zipfile.ZipInfo(f"{name}.webp"), content(name))
        archive.writestr("test_1.json", bytes(20_000_000))
    (folder / "images/un packed").mkdir()
    (folder / "images/un packed/ä?&#.webp").write_bytes(b"unpacked")
    server = Server(folder)
    # Each test has a URL of its own, as a process indexes each zip once.
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def ask(server: Server, tmp_path: Path) -> Callable[..., list[bytes | None]]:
    folder = tmp_path / "data"
    folder.mkdir()
    database = irdb_sql.connect(write_metadata(folder, []), images_root=server.url)

    def asked(*names: str, **options: Any) -> list[bytes | None]:
        paths = pl.DataFrame({"image_path": [f"{FOLDER}/{name}.webp" if len(name) == 1 else name for name in names]})
        return database.with_images(paths, **options)["image"].to_list()

    return asked


def test_one_image_of_an_indexed_zip_costs_one_request_of_its_own_size(server: Server, ask: Any) -> None:
    assert ask("d") == [content("d")]
    assert [line.split()[1] for line in server.requests] == [
        "bytes=-262144",
        f"bytes={3 * (SIZE + 36)}-{4 * (SIZE + 36) - 1}",
    ]
    server.requests.clear()
    server.sent = 0
    assert ask("b") == [content("b")]
    assert len(server.requests) == 1
    assert server.sent == SIZE + 36


def test_neighbours_are_read_at_once_and_others_by_themselves(server: Server, ask: Any) -> None:
    ask("a")
    server.requests.clear()
    assert ask("f", "a", "b", "e", "c") == [content(name) for name in "fabec"]
    assert len(server.requests) == 1  # the gap, one image, is smaller than a request is worth
    assert server.sent < 300_000 + 7 * SIZE


def test_an_unpacked_image_is_read_whole_where_there_is_no_zip(server: Server, ask: Any) -> None:
    path = "images/un packed/ä?&#.webp"
    assert ask(path) == [b"unpacked"]
    assert len(server.requests) == 2
    assert ask(path) == [b"unpacked"]
    assert len(server.requests) == 3  # that there is no zip is known by now
    assert ask("images/un packed/none.webp", "x", on_error="null") == [None, None]
    with pytest.raises(ImageError, match="archive missing"):
        ask("images/un packed/none.webp")
    with pytest.raises(ImageError, match="no such member"):
        ask("x")


def test_the_rest_of_an_address_stays_behind_its_path(server: Server, tmp_path: Path) -> None:
    paths = pl.DataFrame({"image_path": [f"{FOLDER}/a.webp"]})
    with irdb_sql.connect(write_metadata(tmp_path, []), images_root=f"{server.url}/?download=true") as db:
        assert db.with_images(paths)["image"].item() == content("a")
    assert all(line.startswith(f"/{FOLDER}.zip?download=true ") for line in server.requests)


@pytest.mark.parametrize("fault", ["drop", "short", "busy"])
def test_a_fault_that_passes_is_asked_again(server: Server, ask: Any, fault: str) -> None:
    server.faults = [fault, fault]
    assert ask("a") == [content("a")]
    server.faults = [fault, fault]
    assert ask("b") == [content("b")]


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
    server: Server, ask: Any, fault: str, words: str, on_error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "_BACKOFF", 0.0)
    server.always = fault
    with pytest.raises(RemoteError, match=words):
        ask("a", on_error=on_error)
    assert server.sent < 1_200_000  # of 20 million bytes
    server.always = ""
    ask("a")
    server.always = fault
    with pytest.raises(RemoteError, match=words):
        ask("b", on_error=on_error)
    server.always = ""
    assert ask("b") == [content("b")]


def test_a_listing_of_a_server_that_ignores_ranges_is_refused_in_one_sentence(server: Server, tmp_path: Path) -> None:
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


def test_a_file_that_changes_in_between_is_indexed_anew(server: Server, ask: Any) -> None:
    assert ask("a") == [content("a")]
    zip_again(server.folder / f"{FOLDER}.zip")
    assert ask("a", "f") == [content("A"), content("F")]
    server.faults = ["", "change"]
    assert ask("b") == [content("B")]


def test_a_file_that_always_changes_is_an_error(server: Server, ask: Any) -> None:
    server.always = "other"
    with pytest.raises(ImageError, match="changes again and again"):
        ask("a")


def test_a_server_that_answers_slowly_is_given_up(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_BACKOFF", 0.0)
    monkeypatch.setattr(web, "_WAIT", 0.05)
    monkeypatch.setattr(web, "connections", functools.cache(web.connections.__wrapped__))
    waiting = threading.Event()
    do_get = Handler.do_GET
    monkeypatch.setattr(Handler, "do_GET", lambda self: (waiting.wait(20), do_get(self)))
    with pytest.raises(RemoteError, match="timed out"):
        ask("a")
    waiting.set()


def test_an_empty_zip_and_one_cut_short_are_corrupt(server: Server, ask: Any) -> None:
    (server.folder / "images/empty.zip").write_bytes(b"")
    (server.folder / "images/cut.zip").write_bytes((server.folder / f"{FOLDER}.zip").read_bytes()[:-10])
    for name in ("empty", "cut"):
        with pytest.raises(ImageError, match="the archive cannot be read"):
            ask(f"images/{name}/a.webp")


def test_a_directory_longer_than_the_tail_costs_one_request_more(
    server: Server, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.HttpFile, "tail_length", 100)
    assert ask("a", "f") == [content("a"), content("f")]
    assert [line.split("=")[1][0] for line in server.requests] == ["-", "2", "0"]


def test_hostile_paths_make_no_request(server: Server, ask: Any) -> None:
    paths = ["../x.webp", "/etc/passwd", "images/../../x", "http://127.0.0.1/x", "images//x", "a\\b", "C:/x"]
    assert ask(*paths, on_error="null") == [None] * len(paths)
    assert server.requests == []


def test_the_manifest_of_a_remote_root_reads_no_image(server: Server, tmp_path: Path) -> None:
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


def memory_root(data: dict[str, bytes]) -> str:
    root = f"memory://{uuid.uuid4()}"
    for path, each in data.items():
        with fsspec.open(f"{root}/{path}", "wb") as file:
            file.write(each)
    return root


def test_images_come_from_a_filesystem_of_fsspec(server: Server, tmp_path: Path) -> None:
    packed = (server.folder / f"{FOLDER}.zip").read_bytes()
    root = memory_root({f"{FOLDER}.zip": packed, "images/plain/x.webp": b"plain", "images/plain/e.webp": b""})
    names = [
        *(f"{FOLDER}/{name}.webp" for name in "fax"),
        "images/plain/x.webp",
        "images/plain/e.webp",
        "images/no/x.webp",
    ]
    rows = [image("p", "x", 1, image_path=name) for name in names]
    with irdb_sql.connect(write_metadata(tmp_path, rows), images_root=root) as db:
        expected = [content("f"), content("a"), None, b"plain", None, None]
        assert db.images(images=True, on_error="null")["image"].to_list() == expected
        assert db.images(images=True, on_error="null", lazy=True).collect()["image"].to_list() == expected
        assert db.image_files()["status"].to_list() == ["ok", "ok", "missing", "ok", "empty", "archive_missing"]
        with fsspec.open(f"{root}/{FOLDER}.zip", "wb") as file:
            zip_again(changed := tmp_path / "changed.zip")
            file.write(changed.read_bytes())
        assert db.images(images=True, on_error="null")["image"].to_list()[:2] == [content("F"), content("A")]
        with fsspec.open(f"{root}/{FOLDER}.zip", "wb") as file:
            file.write(changed.read_bytes().replace(b"FFFF", b"XXXX"))
        with pytest.raises(ImageError, match="its CRC-32 is"):
            db.images(images=True)


def test_a_filesystem_that_nothing_knows_or_that_fails_is_an_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_metadata(tmp_path, [image("p", "a", 1)])
    with pytest.raises(RemoteError, match="nonsense"):
        irdb_sql.connect(tmp_path, images_root="nonsense://x/y")
    with pytest.raises(MissingPackageError, match="is not installed"):
        irdb_sql.connect(tmp_path, images_root="gs://bucket/x")

    def fail(*_: object, **__: object) -> bytes:
        raise TimeoutError("the disk is asleep")

    with irdb_sql.connect(tmp_path, images_root=memory_root({f"{FOLDER}.zip": b"x"})) as db:
        monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "cat_file", fail)
        with pytest.raises(RemoteError, match="TimeoutError: the disk is asleep"):
            db.images(images=True, on_error="null")


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
    assert out.splitlines()[-1] == "interrupted 42"
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
    assert done.stdout.count("pip install 'irdb-sql[remote]' brings it.") == 2
    assert done.stdout.endswith("None\n2125\n")


def test_the_json_files_of_parts_come_from_the_web(server: Server, tmp_path: Path) -> None:
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

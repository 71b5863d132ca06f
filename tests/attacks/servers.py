"""Reads metadata and images from servers, and lists of a hub, that say what no server should.

Run it as `python tests/attacks/servers.py`; it takes some minutes. Each answer has one header, or one value of the list,
replaced. What comes of it is rows, or an error of ours, and never another error or a wait.
"""

from __future__ import annotations

import copy
import io
import itertools
import json
import os
import socketserver
import sys
import tempfile
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))

from damage import outcome
from fakes.hub import NAME, FakeHub, _entry

import irdb_sql
from irdb_sql.sources.sample.dataset import embedded_sample
from irdb_sql.storage import hub, web

NUMBERS = ("", "-1", "0", "1", "abc", "99999999999999999999999", "1e5", "0x10", "\u0661", "+5", " 7 ", "5, 5", "5, 6")
RANGES = (
    "", "bytes", "bytes 0-9", "bytes */100", "bytes 0-9/*", "items 0-9/100", "bytes 9-0/100", "bytes -5-9/100", "bytes 0--9/100",
    "bytes 0-99999999999999999999999/1", "bytes 99999999999999999999-99999999999999999999/99999999999999999999", "bytes 0-9/9",
    "bytes \u0660-\u0669/10", "BYTES 0-9/10", "bytes 0-9/10, bytes 0-9/10", "bytes=0-9/10", "bytes 0-9/-1", "bytes 0-9/0", "\x00", "a" * 60_000,
)  # fmt: skip
PLACES = (
    "", "/", "//", "http://", "http://[::1", "http://a b/", "http://:x/", "http://h:99999/", "ftp://x/", "file:///etc/passwd", "javascript:1",
    "http://127.0.0.1:1/", "\u2603", "http://%zz/", "?", "#", "../../..", "http://user:pass@[", "data:,x", "a" * 60_000,
)  # fmt: skip
STATUSES = (
    100,
    199,
    201,
    204,
    205,
    206,
    226,
    300,
    301,
    302,
    303,
    304,
    307,
    308,
    400,
    401,
    404,
    416,
    418,
    500,
    599,
    600,
    999,
)
VALUES: tuple[object, ...] = (
    None, [], {}, "x", "", -1, 1.5, 10**30, True, "../../x", "/etc/passwd", "a\x00b", "\ud800", [None], {"a": None}, float("inf"),
)  # fmt: skip
_DELETED = object()


class RawServer(socketserver.ThreadingTCPServer):
    """A server that answers every request with one status, headers and body."""

    allow_reuse_address = True
    daemon_threads = True
    answer = b""

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that have hung up."""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            del line
        self.wfile.write(self.server.answer)  # type: ignore[attr-defined]


def answers() -> Iterator[bytes]:
    """Yield answers with one wrong status or header."""
    body = b"x" * 10

    def answer(status: int, *lines: str) -> bytes:
        head = "\r\n".join([f"HTTP/1.1 {status} X", *lines, "Connection: close"])
        return head.encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body

    for status in STATUSES:
        yield answer(status, "Content-Length: 10")
    for number in NUMBERS:
        yield answer(200, f"Content-Length: {number}")
        yield answer(206, f"Content-Length: {number}", "Content-Range: bytes 0-9/10")
        yield answer(503, f"Retry-After: {'1' if number in ('', '0') else 'x' + number}", "Content-Length: 10")
    for text in RANGES:
        yield answer(206, f"Content-Range: {text}", "Content-Length: 10")
    for place in PLACES:
        yield answer(302, f"Location: {place}", "Content-Length: 10")
    for name in (
        "Transfer-Encoding: chunked",
        "Content-Encoding: gzip",
        "Content-Encoding: x",
        "ETag: \x00",
        "Last-Modified: x",
    ):
        yield answer(200, name)
        yield answer(206, name, "Content-Range: bytes 0-9/10", "Content-Length: 10")
    yield b""
    yield b"\x00\xff\xfe\r\n\r\n"
    yield b"HTTP/9.9 abc\r\n\r\n"
    yield b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n"
    yield b"HTTP/1.1 200 OK\r\n" + b"A" * 200_000


def listings(listing: object) -> Iterator[bytes]:
    """Yield lists with one value replaced or left out."""
    for path in _places(listing):
        for value in (*VALUES, _DELETED) if path else VALUES:
            yield json.dumps(_replaced(listing, path, value)).encode()


def _places(node: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from _places(child, (*path, key))


def _replaced(tree: Any, path: tuple[Any, ...], value: object) -> Any:
    if not path:
        return value
    tree = copy.deepcopy(tree)
    node = tree
    for key in path[:-1]:
        node = node[key]
    if value is _DELETED:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return tree


def try_servers(found: Counter[str]) -> None:
    """Read metadata, an image of a zip and an unpacked image from servers of wrong answers."""
    numbers = itertools.count()
    with RawServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        root = f"http://127.0.0.1:{server.server_address[1]}"
        with irdb_sql.connect() as db:
            paths = db.images(split="test").select("image_path").head(1)
        for server.answer in answers():
            found["metadata: " + outcome(lambda: irdb_sql.connect(f"{root}/{next(numbers)}").close())] += 1
            found["images: " + outcome(lambda: _read_image(f"{root}/{next(numbers)}", paths))] += 1
        server.shutdown()


def _read_image(root: str, paths: pl.DataFrame) -> None:
    with irdb_sql.connect(images_root=root) as db:
        db.with_images(paths, on_error="null")


def try_lists(found: Counter[str]) -> None:
    """Open and download what a hub lists wrongly."""
    zipped = io.BytesIO()
    zipfile.ZipFile(zipped, "w").close()
    files = {
        "metadata-test.parquet": (embedded_sample() / "metadata-test.parquet").read_bytes(),
        "images/test/test_1.zip": zipped.getvalue(),
    }
    fake = FakeHub()
    threading.Thread(target=fake.serve_forever, args=(0.01,), daemon=True).start()
    huggingface_hub.constants.ENDPOINT = fake.url
    commit = fake.publish(files)
    listing = {"id": NAME, "sha": commit, "siblings": [_entry(path, content) for path, content in files.items()]}
    for fake.page in listings(listing):
        found["hub: " + outcome(lambda: irdb_sql.connect(f"hf://datasets/{NAME}").close())] += 1
        with tempfile.TemporaryDirectory() as place:
            found["download: " + outcome(lambda: irdb_sql.download(place))] += 1
    fake.shutdown()


def main() -> int:
    """Try all, and return 1 if anything failed otherwise than with an error of ours."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        web._BACKOFF = hub.BACKOFF = 0.0  # noqa: SLF001 - so that nobody waits
        try_servers(found)
        try_lists(found)
    for what, times in sorted(found.items()):
        print(f"{times:6,} {what}")
    return int(any("FAILED" in what for what in found))


if __name__ == "__main__":
    sys.exit(main())

"""A web server of zips of images that answers byte ranges, counts what it sends, and has faults on demand."""

from __future__ import annotations

import itertools
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "images/test/test_1"
SIZE = 3000


def content(name: str) -> bytes:
    return (name * SIZE)[:SIZE].encode()


class ImageServer(ThreadingHTTPServer):
    """A web server of files that answers byte ranges, counts what it sends, and has faults on demand.

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
        self.retry_after: str | None = None
        self.versions: Iterator[int] = itertools.count()

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that have hung up."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ImageServer

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
            wait = {} if server.retry_after is None else {"Retry-After": server.retry_after}
            self.answer({"busy": 503, "refuse": 403}.get(fault, 404), b"no", wait)
            return
        data = path.read_bytes()
        tag = {"ETag": f'"{next(server.versions) if fault == "other" else hash(data)}"'}
        byte_range = self.headers.get("Range")
        if byte_range is None or fault == "ignore":
            self.answer(200, data, tag)
            return
        first, last = byte_range.removeprefix("bytes=").split("-")
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

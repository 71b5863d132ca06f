"""A web server of published files, which records its requests and has faults on demand."""

from __future__ import annotations

import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class WebServer(ThreadingHTTPServer):
    """A plain server of files, which records its requests and has faults on demand."""

    daemon_threads = True

    def __init__(self, folder: Path, *, tags: str = "etag", conditional: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.tags = tags
        self.conditional = conditional
        self.faults: list[str] = []
        self.answers: list[tuple[str, int]] = []
        self.logins: set[str | None] = set()
        self.sent = 0

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that have hung up."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def take_answers(self) -> list[tuple[str, int]]:
        """Return the requests with the codes of their answers, and forget them."""
        answers, self.answers = self.answers, []
        return answers


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WebServer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        server = self.server
        server.logins.add(self.headers.get("Authorization"))
        path = server.folder / self.path.partition("?")[0].lstrip("/")
        fault = server.faults.pop(0) if server.faults else ""
        if fault == "drop":
            self.close_connection = True
            self.connection.close()
        elif fault == "page":
            self.answer(200, b"<html>Please sign in</html>")
        elif fault == "refuse":
            self.answer(403, b"no")
        elif not path.is_file():
            self.answer(404, b"no")
        else:
            self.send(path.read_bytes(), fault)

    def send(self, content: bytes, fault: str) -> None:
        server = self.server
        tag = hashlib.sha256(content).hexdigest()
        headers = {"etag": {"ETag": f'"{tag}"'}, "date": {"Last-Modified": f"on day {tag}"}, "": {}}[server.tags]
        validators = {self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")} - {None}
        if server.conditional and validators and validators <= set(headers.values()):
            self.answer(304, b"", headers)
            return
        byte_range = self.headers.get("Range", "").removeprefix("bytes=")
        if not byte_range:
            self.answer(200, content, headers, keep=len(content) // 2 if fault == "cut" else None)
            return
        first, last = byte_range.split("-")
        begin = int(first) if first else max(0, len(content) - int(last))
        part = content[begin : int(last) + 1 if first else None]
        place = {"Content-Range": f"bytes {begin}-{begin + len(part) - 1}/{len(content)}"}
        self.answer(206, part, headers | place)

    def answer(self, code: int, body: bytes, headers: dict[str, str] | None = None, keep: int | None = None) -> None:
        self.server.answers.append((self.path.rpartition("/")[2], code))
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if code != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:keep])
        self.server.sent += len(body)
        self.close_connection = keep is not None

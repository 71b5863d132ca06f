"""A hub in a thread: as much of its protocol as a client of datasets sees, which counts its requests and has faults on demand."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

Files = dict[str, bytes]
NAME = "zai-org/ImageRewardDB"


class FakeHub(ThreadingHTTPServer):
    """A hub of datasets.

    `faults` holds what to do with the next requests of bytes: cut, drop, busy, ignore, hang, wrong, longer, shorter, other,
    page, gone, or nothing. A file whose name ends in `.zip` is sent by another host, as large files are.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.commits: dict[str, dict[str, Files]] = {}
        self.branches: dict[tuple[str, str], str] = {}
        self.status: tuple[int, str] | None = None  # what listings are refused with
        self.locked = 0  # what bytes are refused with
        self.page = b""  # what listings are answered with instead
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.tokens: list[tuple[str, str | None]] = []
        self.hung = threading.Event()
        self.released = threading.Event()
        self._numbers = itertools.count(1)

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that have hung up."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def publish(self, files: Files, repository: str = NAME, branch: str = "main") -> str:
        """Make a commit of a branch, and return it."""
        commit = hashlib.sha1(f"{next(self._numbers)}".encode(), usedforsecurity=False).hexdigest()
        self.commits.setdefault(repository, {})[commit] = files
        self.branches[repository, branch] = commit
        return commit

    def pop_requests(self, *words: str) -> list[str]:
        """Return the requests that contain all words, and forget every request."""
        matching = [line for line in self.requests if all(word in line for word in words)]
        self.requests.clear()
        return matching


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeHub

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        server = self.server
        host = str(self.headers.get("Host")).partition(":")[0]
        server.requests.append(f"{self.path} {self.headers.get('Range', '')}".strip())
        server.tokens.append((host, self.headers.get("Authorization")))
        words = [unquote(word) for word in urlsplit(self.path).path.split("/")[1:]]
        if words[:2] == ["api", "datasets"]:
            self._list("/".join(words[2:4]), words[5] if len(words) > 5 else "main")
        elif words[0] == "datasets":
            self._resolve("/".join(words[1:3]), words[4], "/".join(words[5:]))
        elif words[0] == "cdn":
            self._send(server.commits["/".join(words[1:3])][words[3]]["/".join(words[4:])])
        else:
            self._answer(404, b"no")

    def _list(self, repository: str, revision: str) -> None:
        server = self.server
        if server.page or server.status is not None:
            status, code = server.status or (200, "")
            self._answer(status, server.page, {"X-Error-Code": code})
            return
        if repository not in server.commits:
            self._answer(401, b"", {"X-Error-Code": "RepoNotFound"})
            return
        commit = server.branches.get((repository, revision), revision)
        if commit not in server.commits[repository]:
            self._answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
            return
        assert parse_qs(urlsplit(self.path).query) == {"blobs": ["true"]}
        files = [_entry(path, content) for path, content in server.commits[repository][commit].items()]
        self._answer(200, json.dumps({"id": repository, "sha": commit, "siblings": files}).encode())

    def _resolve(self, repository: str, revision: str, path: str) -> None:
        server = self.server
        if server.locked:
            self._answer(server.locked, b"", {"X-Error-Code": "GatedRepo"})
            return
        commit = server.branches.get((repository, revision), revision)
        files = server.commits.get(repository, {}).get(commit, {})
        if path not in files:
            self._answer(404, b"", {"X-Error-Code": "EntryNotFound"})
        elif path.endswith(".zip"):
            elsewhere = f"http://localhost:{server.server_address[1]}/cdn/{repository}/{commit}/{path}"
            self._answer(302, b"", {"Location": elsewhere, "X-Repo-Commit": commit})
        else:
            self._send(files[path])

    def _send(self, content: bytes) -> None:
        server = self.server
        fault = server.faults.pop(0) if server.faults else ""
        if fault == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if fault in ("busy", "gone", "page"):
            status = {"busy": 503, "gone": 404, "page": 200}[fault]
            self._answer(status, b"<html>no</html>")
            return
        tag = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
        changed = {"wrong": content[:-1] + b"!", "longer": content + b"!", "shorter": content[:-1]}
        content = changed.get(fault, content)
        byte_range = self.headers.get("Range", "").removeprefix("bytes=")
        if not byte_range or fault == "ignore":
            self._answer(200, content, tag, fault)
            return
        first, last = byte_range.split("-")
        begin = int(first) if first else max(0, len(content) - int(last))
        end = int(last) + 1 if first and last else len(content)
        if begin >= len(content):
            self._answer(416, b"")
            return
        begin += fault == "other"
        place = {"Content-Range": f"bytes {begin}-{min(end, len(content)) - 1}/{len(content)}"}
        self._answer(206, content[begin:end], tag | place, fault)

    def _answer(self, code: int, body: bytes, headers: dict[str, str] | None = None, fault: str = "") -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault in ("cut", "hang"):
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
            if fault == "hang":
                self.server.hung.set()
                self.server.released.wait(60)
        else:
            self.wfile.write(body)


def _entry(path: str, content: bytes) -> dict[str, object]:
    """List a file as the hub does; metadata of validation is in git itself, all else in its large file storage."""
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    entry: dict[str, object] = {"rfilename": path, "size": len(content), "blobId": blob}
    if "validation.parquet" not in path:
        digest = hashlib.sha256(content).hexdigest()
        entry["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
    return entry

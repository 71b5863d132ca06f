"""User, password and query of a URL reach the server, and no text: by each way in, and each way out."""

from __future__ import annotations

import json
import pickle
import threading
import traceback
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
from conftest import RunCli, image, write_metadata

import irdb_sql
from irdb_sql.errors import IrdbError, public_address, without_secrets
from irdb_sql.images.errors import ImageError
from irdb_sql.sources.local import Source
from irdb_sql.storage import web

SECRET = "hunter2"  # noqa: S105 - what no text may show
PASSWORDS = [
    SECRET, f"a/{SECRET}", f"a?{SECRET}", f"a#{SECRET}", f"a b{SECRET}", f'a"{SECRET}', f"a[{SECRET}", f"a|{SECRET}", f"é{SECRET}",
    f"%3d{SECRET}", f"{SECRET}@", f"@{SECRET}", f"1/{SECRET}", f"a\\{SECRET}", f"a:{SECRET}", f"a'{SECRET}", f"a<{SECRET}>",
]  # fmt: skip
URLS = [
    *(f"http://me:{password}@127.0.0.1:9/x" for password in PASSWORDS),
    *(
        f"http://127.0.0.1:9/x{mark}{word}"
        for mark in ("?sig=", "#")
        for word in (SECRET, f"a b{SECRET}", f"é{SECRET}")
    ),
    f"http://me:{SECRET}@127.0.0.1:99999/x",
    f"http://me:{SECRET}@ex ample.org/x",
    f"http://me:{SECRET}@[::1/x",
    f"https://127.0.0.1:9/x?a=1&sig={SECRET}%3D",
    f"hf://me:{SECRET}@datasets/a/b",
    f"hf://datasets/a/b?token={SECRET}",
    f"nosuch://me:{SECRET}@host/x",
    f"ftp://me:{SECRET}@127.0.0.1:9/x",
]


def texts(error: BaseException) -> list[str]:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - pickled on the same line
    shown = [str(error), repr(error), repr(again)]
    return [*shown, "".join(traceback.format_exception(error))]


WAYS_IN: dict[str, Callable[[str, Path], Any]] = {
    "source": lambda url, _: irdb_sql.connect(url),
    "one of several sources": lambda url, _: irdb_sql.connect([url, url]),
    "root of images": lambda url, data: irdb_sql.connect(data, images_root=url).images(images=True),
    "intact images": lambda url, data: irdb_sql.connect(data, images_root=url, images="ok"),
    "verified images": lambda url, data: irdb_sql.connect(data, images_root=url).image_files(verify=True),
    "lazy images": lambda url, data: irdb_sql.connect(data, images_root=url).images(images=True, lazy=True).collect(),
    "import": irdb_sql.import_parts,
    "split": lambda url, data: irdb_sql.connect(data).check_split(url, data),
    "scores": lambda url, data: irdb_sql.connect(data, scores=url),
    "table": lambda url, data: irdb_sql.connect(data).register("own", cast("Any", url)),
    "report": lambda url, data: irdb_sql.render(irdb_sql.connect(data), template=url),
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(web, "_BACKOFF", 0.0)
    (tmp_path / "data").mkdir()
    return write_metadata(tmp_path / "data", [image("p", "a", 1), image("p", "b", 2)])


@pytest.mark.parametrize("way", WAYS_IN)
def test_no_error_shows_a_secret(way: str, data: Path) -> None:
    for url in URLS if way == "source" else URLS[::6]:  # each way in takes some time to open the data
        with pytest.raises((IrdbError, TypeError, ImageError)) as caught:
            WAYS_IN[way](url, data)
        for text in texts(caught.value):
            assert SECRET not in text, url


class _Loop(BaseHTTPRequestHandler):
    """Redirects every request to itself, or to what is no address."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(302)
        target = "http://[::1" if "broken" in self.path else self.path
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def loop() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Loop)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "words"),
    [("x", "the server redirects too often"), ("broken", "or one that the server redirects to, is malformed")],
)
def test_redirects_that_lead_nowhere_show_no_secret(loop: str, path: str, words: str, data: Path) -> None:
    for login, query in ((f"me:{SECRET}@", ""), ("", f"?sig={SECRET}"), ("", "")):
        with pytest.raises(IrdbError, match=words) as caught:
            irdb_sql.connect(data, images_root=f"http://{login}{loop}/{path}{query}").images(images=True)
        assert all(SECRET not in text for text in texts(caught.value))


class _Mirror(BaseHTTPRequestHandler):
    """Redirects /same to itself once and /other to another server, and keeps the logins that it gets."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: Any = self.server
        server.logins.append((self.path, self.headers.get("Authorization")))
        target = {"/same": "/end", "/other": f"{server.other}/end"}.get(self.path)
        self.send_response(404 if target is None else 307)
        if target is not None:
            self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_login_is_for_the_first_server_alone() -> None:
    servers: list[Any] = [ThreadingHTTPServer(("127.0.0.1", 0), _Mirror) for _ in range(2)]
    first, second = servers
    for server in servers:
        server.logins, server.other = [], f"http://127.0.0.1:{second.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    root = f"http://me:{SECRET}@127.0.0.1:{first.server_address[1]}"
    for path in ("same", "other"):
        with pytest.raises(FileNotFoundError):
            web.HttpFile(f"{root}/{path}", path).whole(9)
    for server in servers:
        server.shutdown()
        server.server_close()
    assert [(path, login is not None) for path, login in first.logins] == [
        ("/same", True),
        ("/end", True),
        ("/other", True),
    ]
    assert second.logins == [("/end", None)]


@pytest.mark.slow
@pytest.mark.parametrize("debug", [{}, {"IRDB_DEBUG": "1"}])
def test_no_command_shows_a_secret(start_cli: RunCli, data: Path, debug: dict[str, str]) -> None:
    url = f"http://me:{SECRET}@127.0.0.1:99999/x?sig={SECRET}"
    for words, env in (
        (["sql", "SELECT 1", "--data", url], {}),
        (["sql", "SELECT 1"], {"IRDB_DATA": url}),
        (["query", "images", "--data", data, "--images-root", url, "--images", "ok"], {}),
        (["verify", f"--images-root={url}", "--data", data], {}),
        (["check-split", url, "test"], {}),
        (["import", url], {}),
        (["evaluate", url, "--data", data], {}),
        (["download", "x", "--repository", "a/b"], {"HF_ENDPOINT": f"http://me:{SECRET}@127.0.0.1:99999"}),
    ):
        code, out, err = start_cli(*words, env=env | debug)
        assert code
        assert SECRET not in out + err, words


def test_no_manifest_nor_representation_has_a_secret(run_cli: RunCli, data: Path, tmp_path: Path) -> None:
    url = f"http://me:{SECRET} x@127.0.0.1:9/x?sig={SECRET}"
    for spelling in (["--images-root", url], [f"--images-root={url}"]):
        target = tmp_path / f"out{len(spelling)}"
        code, _, err = run_cli("export", "metadata", "-o", target, "--data", data, *spelling)
        assert code == 0, err
        assert SECRET not in (target / "manifest.json").read_text()
        assert "http://127.0.0.1:9/x" in json.loads((target / "manifest.json").read_text())["command"]
    assert SECRET not in repr(Source((), "x", data, images_root=url))
    with irdb_sql.connect(data, images_root=url) as db:
        assert SECRET not in repr(db) + repr(db.source) + json.dumps(str(vars(db.source)["name"]))
        for form in cast("Any", ("markdown", "json")):
            assert SECRET not in irdb_sql.render(db, "summary", form, images=False)
        db.write_catalog(tmp_path / "x.duckdb")
        assert SECRET.encode() not in (tmp_path / "x.duckdb").read_bytes()
        frame = pl.DataFrame({"image_path": ["images/test/test_1/a.webp"]})
        assert SECRET not in db.with_images(frame.lazy()).explain()


def test_addresses_without_secrets_stay_as_they_are() -> None:
    for url in (
        "https://example.org/a/b",
        "hf://datasets/a/b@main",
        "s3://bucket/a@b",
        "http://127.0.0.1:80/x",
        "plain text",
        "a: b",
    ):
        assert public_address(url) == url
        assert without_secrets(f"it is {url} indeed") == f"it is {url} indeed"

"""Metadata behind URLs: fetched once, anew when it changes, and images where they lie."""

from __future__ import annotations

import functools
import itertools
import json
import threading
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import huggingface_hub
import huggingface_hub.constants
import pytest
from conftest import image, write_metadata
from fakes.hub import NAME, FakeHub, Files
from fakes.metadata_server import WebServer

import irdb_sql
from irdb_sql.errors import IrdbError, MissingPackageError, UnknownSplitError, UnwritableError
from irdb_sql.sources import remote as remote_sources
from irdb_sql.sources.errors import NoMetadataError
from irdb_sql.storage import hub, web
from irdb_sql.storage.errors import HubError, RecordError, RemoteError, RepositoryNotFoundError, RevisionNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import RunCli

PIXELS = b"as good as an image " * 100


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own for each test, and servers that are asked again at once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(web, "_BACKOFF", 0.0)
    monkeypatch.setattr(hub, "BACKOFF", 0.0)
    return tmp_path / "cache" / "irdb-sql" / "remote"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder of a small dataset as published, of which validation is left out."""
    folder = tmp_path / "published"
    (folder / "images" / "test").mkdir(parents=True)
    write_metadata(folder, [image("p", "a", 1), image("p", "b", 2), image("q", "c", 1, split="train")])
    (folder / "metadata-validation.parquet").unlink()
    with zipfile.ZipFile(folder / "images/test/test_1.zip", "w") as archive:
        for name in "ab":
            archive.writestr(zipfile.ZipInfo(f"{name}.webp"), PIXELS)
    return folder


def started(server: WebServer | FakeHub) -> threading.Thread:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    return thread


@pytest.fixture
def server(published: Path) -> Iterator[WebServer]:
    made = WebServer(published)
    started(made)
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def fake(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    made = FakeHub()
    made.publish(files_of(published))
    started(made)
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", made.url)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_TELEMETRY", True)
    yield made
    made.shutdown()
    made.server_close()


def files_of(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def images_in(source: str, **options: Any) -> int:
    db: irdb_sql.ImageRewardDB
    with irdb_sql.connect(source, **options) as db:
        return db.images().height


# of a hub


def test_a_commit_of_the_hub_is_asked_for_once_and_never_again(fake: FakeHub) -> None:
    commit = fake.branches[NAME, "main"]
    url = f"hf://datasets/{NAME}@{commit}"
    with irdb_sql.connect(url) as db:
        assert db.images()["split"].to_list() == ["train", "test", "test"]
        assert (db.source.name, db.source.revision) == (url, f"{NAME}@{commit}")
        assert repr(db) == f"<ImageRewardDB {url}: metadata-train.parquet, metadata-test.parquet>"
        assert [line.rpartition("/")[2] for line in fake.pop_requests()] == [
            f"{commit}?blobs=true", "metadata-train.parquet", "metadata-test.parquet",
        ]  # fmt: skip
    fake.shutdown()
    fake.server_close()
    huggingface_hub.close_session()  # a connection that is kept would still be answered
    assert images_in(url) == 3
    assert images_in(url, split="train") == 1
    with pytest.raises(NoMetadataError, match="no metadata-validation.parquet"):
        images_in(url, split="validation")
    with pytest.raises(HubError, match="cannot be downloaded"):
        images_in(f"hf://datasets/{NAME}")


def test_images_of_a_hub_come_by_ranges_from_the_commit(fake: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("HF_ENDPOINT", fake.url)  # for the isolated process
    with irdb_sql.connect(f"hf://datasets/{NAME}", split="test") as db:
        commit = fake.branches[NAME, "main"]
        fake.publish({})
        fake.requests.clear()
        assert db.images(images=True)["image"].to_list() == [PIXELS, PIXELS]
        assert db.sql("SELECT status FROM image_files", isolated=True)["status"].to_list() == ["ok", "ok"]
    image_requests = fake.pop_requests("images/test/test_1.zip")
    assert all(commit in line and "bytes=" in line for line in image_requests if "cdn" in line)
    assert set(fake.tokens) == {("127.0.0.1", "Bearer hf_secret"), ("localhost", None)}


def test_a_branch_of_the_hub_is_looked_up_each_time(fake: FakeHub, published: Path) -> None:
    url = f"hf://datasets/{NAME}@main"
    assert images_in(url) == 3
    fake.requests.clear()
    assert images_in(url) == 3
    assert [line.rpartition("/")[2] for line in fake.pop_requests()] == ["main?blobs=true"]
    rows = [image("p", name, 1) for name in "abcdef"]
    write_metadata(published, rows)
    fake.publish(files_of(published))
    assert images_in(url) == 6
    assert len(fake.pop_requests("resolve")) == 3


def test_one_split_is_one_file_and_the_others_follow_when_they_are_asked_for(fake: FakeHub) -> None:
    url = f"hf://datasets/{NAME}@{fake.branches[NAME, 'main']}"
    assert images_in(url, split="test") == 2
    assert [line.rpartition("/")[2] for line in fake.pop_requests("resolve")] == ["metadata-test.parquet"]
    assert images_in(url) == 3
    assert [line.rpartition("/")[2] for line in fake.pop_requests("resolve")] == ["metadata-train.parquet"]


def test_many_at_once_fetch_each_file_once(fake: FakeHub) -> None:
    url = f"hf://datasets/{NAME}@{fake.branches[NAME, 'main']}"
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(images_in, [url] * 4)) == [3] * 4
    assert sorted(line.rpartition("/")[2] for line in fake.pop_requests("resolve")) == [
        "metadata-test.parquet", "metadata-train.parquet",
    ]  # fmt: skip


def test_what_is_damaged_in_the_cache_is_fetched_again(fake: FakeHub, cache: Path) -> None:
    commit = fake.branches[NAME, "main"]
    url = f"hf://datasets/{NAME}@{commit}"
    images_in(url)
    folder = cache / "hub" / "zai-org--ImageRewardDB" / commit
    (folder / "metadata-test.parquet").write_bytes(b"cut")
    assert images_in(url) == 3
    (folder / "irdb-download.json").write_text("{")
    with pytest.raises(RecordError, match="remove that file"):
        images_in(url)


def test_what_the_hub_lacks_is_said(fake: FakeHub) -> None:
    fake.publish({"README.md": b"nothing"}, "a/b")
    with pytest.raises(NoMetadataError, match="hf://datasets/a/b@.*holds no metadata"):
        images_in("hf://datasets/a/b")
    with pytest.raises(RepositoryNotFoundError):
        images_in("hf://datasets/b/a")
    with pytest.raises(RevisionNotFoundError, match="'refs/pr/7'"):
        images_in("hf://datasets/a/b@refs/pr/7")
    for url in ("hf://a/b", "hf://models/a/b", "hf://datasets/a", "hf://datasets/a/b/c"):
        with pytest.raises(RemoteError, match="not of the form hf://datasets/OWNER/NAME@REVISION"):
            images_in(url)
    with pytest.raises(UnknownSplitError):
        images_in("hf://datasets/a/b", split="all")


WRONG_VALUES: dict[str, tuple[object, ...]] = {
    "rfilename": (None, [], {}, 1, True),
    "size": (None, "x", -1, 1.5, float("inf"), True, []),
    "blobId": (None, "", "x" * 40, 1),
    "lfs": (
        [], "x", 1, {}, {"sha256": None}, {"sha256": "x", "size": 1, "pointerSize": 1}, {"sha256": "a\x00", "size": 1, "pointerSize": 1},
        {"sha256": "\ud800", "size": 1, "pointerSize": 1}, {"sha256": [], "size": 1, "pointerSize": 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field in WRONG_VALUES for value in WRONG_VALUES[field]]
)
def test_a_list_with_values_that_no_file_has_is_an_error_of_ours(fake: FakeHub, field: str, value: object) -> None:
    entry = {"rfilename": "metadata-test.parquet", "size": 1, "blobId": "0" * 40, field: value}
    fake.page = json.dumps({"id": NAME, "sha": fake.branches[NAME, "main"], "siblings": [entry]}).encode()
    with pytest.raises(IrdbError):
        irdb_sql.connect(f"hf://datasets/{NAME}")


def test_an_older_name_that_answers_is_the_one_that_is_reported(fake: FakeHub, published: Path) -> None:
    fake.commits.clear()
    commit = fake.publish(files_of(published), "THUDM/ImageRewardDB")
    for _ in range(2):
        with irdb_sql.connect(f"hf://datasets/{NAME}@{commit}", split="test") as db:
            assert db.source.revision == f"THUDM/ImageRewardDB@{commit}"
            assert db.images(images=True)["image"].to_list() == [PIXELS, PIXELS]


# of a web server


def test_a_folder_behind_an_address_is_opened_with_its_images(
    server: WebServer, start_cli: RunCli, tmp_path: Path
) -> None:
    with irdb_sql.connect(f"{server.url}/") as db:
        assert db.images(images=True, split="test")["image"].to_list() == [PIXELS, PIXELS]
        assert (db.source.name, db.source.revision) == (server.url, None)
        assert db.pair_counts(split="test")["pairs"].item() == 1
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    code, out, err = start_cli("sql", "SELECT split, count(*) AS n FROM images GROUP BY ALL ORDER BY ALL", "--data", server.url,
                             "--format", "csv", env=env)  # fmt: skip
    assert (code, out, err) == (0, "split,n\ntest,2\ntrain,1\n", "")
    code, _, err = start_cli("list", "--data", f"{server.url}/nowhere", env=env)
    assert code == 3
    assert err.startswith(f"error: the folder '{server.url}/nowhere' holds no metadata")


@pytest.mark.parametrize("tags", ["etag", "date"])
@pytest.mark.parametrize("conditional", [True, False])
def test_a_file_is_sent_once_until_it_changes(
    server: WebServer, published: Path, tags: str, *, conditional: bool
) -> None:
    server.tags, server.conditional = tags, conditional
    assert images_in(server.url) == 3
    first = [("metadata-train.parquet", 200), ("metadata-validation.parquet", 404), ("metadata-test.parquet", 200)]
    assert server.take_answers() == first
    assert images_in(server.url) == 3
    again = 304 if conditional else 200  # which is not read to its end
    assert [code for _, code in server.take_answers()] == [again, 404, again]
    with irdb_sql.connect(server.url) as before:
        write_metadata(published, [image("p", name, 1) for name in "abcdef"])
        server.take_answers()
        assert images_in(server.url) == 6
        assert [code for _, code in server.take_answers()] == [200, 200, 200]
        assert before.images().height == 3  # the files that it reads are still there
    assert images_in(server.url, split="test") == 6
    assert server.take_answers() == [("metadata-test.parquet", again)]


def test_a_server_that_does_not_say_what_a_file_is_sends_it_each_time(server: WebServer) -> None:
    server.tags = ""
    for _ in range(2):
        assert images_in(server.url, split="test") == 2
        assert server.take_answers() == [("metadata-test.parquet", 200)]


def test_what_is_secret_in_an_address_is_sent_and_not_shown(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{server.url.replace('//', '//me:m%40ne@')}/?token=secret"
    with irdb_sql.connect(url, split="test") as db:
        assert db.source.name == server.url
        assert "secret" not in repr(db)
        assert db.images(images=True)["image"].to_list() == [PIXELS, PIXELS]
    assert server.logins == {"Basic bWU6bUBuZQ=="}
    assert {name.partition("?")[2] for name, _ in server.take_answers()} == {"token=secret"}
    server.shutdown()
    server.server_close()
    monkeypatch.setattr(
        web, "connections", functools.cache(web.connections.__wrapped__)
    )  # a connection that is kept would still be answered
    with pytest.raises(RemoteError) as caught:
        images_in(url)
    assert "refused" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "m%40ne" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("drop", "onnection"),
        ("cut", "Incomplete|bytes read"),
        ("page", "it is a web page, not a parquet file"),
        ("refuse", "the server answers 403"),
    ],
)
def test_a_server_that_stays_at_fault_is_an_error_and_leaves_nothing(
    server: WebServer, cache: Path, fault: str, words: str
) -> None:
    server.faults = [fault] * 30
    with pytest.raises(RemoteError, match=words):
        images_in(server.url)
    assert [path for path in cache.rglob("*") if path.is_file()] == []
    server.faults = [fault] if fault in ("drop", "cut") else []
    assert images_in(server.url) == 3


def test_a_file_that_is_no_parquet_or_too_long_is_refused(
    server: WebServer, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (published / "metadata-train.parquet").write_bytes(b"PAR1 and so on")
    with pytest.raises(RemoteError, match=r"metadata-train.parquet' cannot be read: it is no parquet file"):
        images_in(server.url)
    monkeypatch.setattr(remote_sources, "_LARGEST", 10)
    with pytest.raises(RemoteError, match="it has more than 10 bytes"):
        images_in(server.url)


def test_a_damaged_cache_is_made_anew_and_one_that_cannot_be_written_is_said(
    server: WebServer, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images_in(server.url, split="test")
    (kept,) = cache.rglob("metadata-test.parquet")
    (facts,) = cache.rglob("metadata-test.json")
    for path, content in ((kept, b"cut"), (facts, b"{"), (facts, b'{"folder": 1}')):
        path.write_bytes(content)
        server.take_answers()
        assert images_in(server.url, split="test") == 2
        assert server.take_answers() == [("metadata-test.parquet", 200)]
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(UnwritableError):
        images_in(server.url)


# of other filesystems


def test_a_folder_of_a_filesystem_of_fsspec_is_opened_with_its_images(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = f"memory://{uuid.uuid4()}"
    for path, content in files_of(published).items():
        with fsspec.open(f"{root}/{path}", "wb") as file:
            file.write(content)
    reads = itertools.count()
    filesystem = fsspec.get_filesystem_class("memory")
    cat_file = filesystem.cat_file
    monkeypatch.setattr(filesystem, "cat_file", lambda *args, **more: (next(reads), cat_file(*args, **more))[1])
    for _ in range(2):
        assert images_in(root) == 3
    assert next(reads) == 2
    with irdb_sql.connect(root, split="test") as db:
        assert db.source.name == root
        assert db.images(images=True)["image"].to_list() == [PIXELS, PIXELS]
    write_metadata(tmp_path, [image("p", name, 1) for name in "abcd"])
    with fsspec.open(f"{root}/metadata-test.parquet", "wb") as file:
        file.write((tmp_path / "metadata-test.parquet").read_bytes())
    assert images_in(root) == 5
    with pytest.raises(NoMetadataError):
        images_in(f"{root}/images")


def test_a_place_that_nothing_reads_is_an_error_of_ours(published: Path) -> None:
    assert images_in(f"file://{published}") == 3
    with pytest.raises(MissingPackageError, match="as `pip install s3fs` does for s3://"):
        images_in("s3://bucket/folder")
    with pytest.raises(IrdbError, match="nonsense"):
        images_in("nonsense://x/y")

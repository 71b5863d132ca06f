"""Downloads: whole files of one commit, whatever happens to the network, the hub and the folder."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import filelock
import huggingface_hub.constants
import jsonschema
import polars as pl
import pytest
from conftest import CHECKOUT, image, uncovered, write_metadata
from fakes.hub import NAME, FakeHub, Files

import irdb_sql
from irdb_sql.database.opening import details_of
from irdb_sql.errors import IrdbError, UnknownSplitError, UnknownSubsetError, UnwritableError
from irdb_sql.reports.catalog import REPORTS, template_text
from irdb_sql.reports.render import render
from irdb_sql.sources.download import plan as download_plans
from irdb_sql.sources.errors import ChangedFileError, SourceTargetError
from irdb_sql.storage import fetch as fetching
from irdb_sql.storage import hub
from irdb_sql.storage.errors import (
    DiskSpaceError,
    FolderBusyError,
    HubAccessError,
    HubError,
    NotInRepositoryError,
    OtherCommitError,
    RecordError,
    RepositoryNameError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
    WrongContentError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import RunCli

METADATA = ["metadata-test.parquet", "metadata-train.parquet", "metadata-validation.parquet"]
SCHEMA = json.loads((CHECKOUT / "irdb_sql" / "reports" / "templates" / "report.schema.json").read_text())
PARTS = {"train": 32, "validation": 2, "test": 2}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a small dataset as published, and some that no download wants."""
    folder = tmp_path_factory.mktemp("published")
    rows = [
        image("p", f"{split}{part}", part % 3 + 1, 1, 1, 1, split=split,
              image_path=f"images/{split}/{split}_{part}/{split}{part}.webp")
        for split, parts in PARTS.items()
        for part in range(1, parts + 1)
    ]  # fmt: skip
    write_metadata(folder, rows)
    files = {name: (folder / name).read_bytes() for name in METADATA}
    for split, parts in PARTS.items():
        for part in range(1, parts + 1):
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr(zipfile.ZipInfo(f"{split}{part}.webp"), f"{split} {part} ".encode() * 100)
            files[f"images/{split}/{split}_{part}.zip"] = packed.getvalue()
    return files | {"README.md": b"a card", "images/test/other_1.zip": b"no", "images/test/test_01.zip": b"no"}


@pytest.fixture
def server(published: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub with the dataset, which this process takes for the only one."""
    made = FakeHub()
    made.publish(published)
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", made.url)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_TELEMETRY", True)  # as it is where we import first
    monkeypatch.setattr(hub, "BACKOFF", 0.0)
    yield made
    made.released.set()
    made.shutdown()
    made.server_close()


@pytest.fixture
def environment(server: FakeHub, tmp_path: Path) -> dict[str, str]:
    """What lets another process take it for the only one, too."""
    return {"HF_ENDPOINT": server.url, "HF_HOME": str(tmp_path / "hf")}


def held(folder: Path) -> Files:
    """Return what a folder holds, besides the record of a download."""
    actual = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in actual.items() if name != "irdb-download.json"}


def selected_files(files: Files, *words: str) -> Files:
    return {name: content for name, content in files.items() if name in words}


def test_metadata_comes_whole_with_the_commit_written_beside_it(
    server: FakeHub, published: Files, tmp_path: Path
) -> None:
    folder = tmp_path / "a" / "b"
    assert irdb_sql.download(folder) == folder
    assert held(folder) == selected_files(published, *METADATA)
    commit = server.branches[NAME, "main"]
    assert json.loads((folder / "irdb-download.json").read_text()) == {
        "repository": NAME,
        "revision": "main",
        "commit": commit,
        "metadata": ["metadata-train.parquet", "metadata-validation.parquet", "metadata-test.parquet"],
        "files": {
            name: {"bytes": len(published[name]), "sha256": hashlib.sha256(published[name]).hexdigest()}
            for name in METADATA
        },
    }
    assert len(server.pop_requests()) == 4  # the listing, and each file


def test_a_report_names_the_commit_of_files_that_have_not_changed_since(server: FakeHub, tmp_path: Path) -> None:
    assert all("files()" in template_text(name) for name in REPORTS)
    template = tmp_path / "files.md.jinja"
    template.write_text("# Files\n\n{% set data = files() %}\n{{ data | table }}\n{{ source.revision }}\n")
    folder = irdb_sql.download(tmp_path / "data")
    name = f"{NAME}@{server.branches[NAME, 'main']}"
    with irdb_sql.connect(folder) as db:
        assert db.source.revision == name
        with pytest.raises(SourceTargetError):
            details_of(db).check_target(folder / "irdb-download.json")
        forms: Any = ("markdown", "html")
        for format in forms:
            assert render(db, format=format, template=template).count(name.partition("@")[2]) == 4
        source = json.loads(render(db, format="json", template=template))["source"]
        assert source["revision"] == name
        assert [file["revision"] for file in source["files"]] == [name] * 3
        changed = (folder / METADATA[0]).read_bytes().replace(b"Polars", b"polars")
        (folder / METADATA[0]).write_bytes(changed)
        with pytest.raises(ChangedFileError, match=METADATA[0]):
            render(db, "audit", "json")
    with irdb_sql.connect(folder) as db:
        source = json.loads(report := render(db, "audit", "json"))["source"]
        assert sorted(str(file["revision"]) for file in source["files"]) == ["None", name, name]
        jsonschema.validate(json.loads(report), SCHEMA)
    with irdb_sql.connect([folder / METADATA[1]]) as db:
        assert db.source.revision == name
    shutil.copy(folder / METADATA[1], folder / "other.parquet")
    with irdb_sql.connect(folder / "other.parquet") as db:
        assert db.source.revision is None
        assert "revision" not in json.loads(render(db, format="json", template=template))["source"]
    (folder / "irdb-download.json").write_text("{}")
    with irdb_sql.connect(folder, split="train") as db:
        assert db.source.revision is None


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"subset": "1k"}, {"train": 4, "validation": 2, "test": 2}),
        ({}, PARTS),
        ({"split": "test"}, {"test": 2}),
        ({"split": ["validation", "train"], "subset": "2k"}, {"validation": 2, "train": 8}),
    ],
)
def test_images_are_the_zips_that_the_subset_needs(
    server: FakeHub, published: Files, tmp_path: Path, options: Any, parts: dict[str, int]
) -> None:
    progress: list[tuple[int, int]] = []
    folder = irdb_sql.download(
        tmp_path / "data", images=True, progress=lambda done, all_of_it: progress.append((done, all_of_it)), **options
    )
    zips = [f"images/{split}/{split}_{part}.zip" for split, n in parts.items() for part in range(1, n + 1)]
    expected = selected_files(published, *zips, *(f"metadata-{split}.parquet" for split in parts))
    assert held(folder) == expected
    whole = sum(map(len, expected.values()))
    assert (progress[0], progress[-1]) == ((0, whole), (whole, whole))
    assert progress == sorted(progress)
    first = [line for line in server.requests if "resolve" in line][: len(parts)]
    assert all("metadata-" in line for line in first)
    with irdb_sql.connect(folder) as db:
        assert set(db.image_files(verify=True).filter(pl.col("image_path").str.contains("_1/"))["status"]) == {"ok"}


def test_a_second_run_fetches_what_is_not_there_and_nothing_else(
    server: FakeHub, published: Files, tmp_path: Path
) -> None:
    folder = irdb_sql.download(tmp_path / "data", split="test")
    server.requests.clear()
    irdb_sql.download(folder, images=True, split="test")
    assert [line.rpartition("/")[2] for line in server.pop_requests("resolve")] == ["test_1.zip", "test_2.zip"]
    irdb_sql.download(folder, images=True, split="test")
    assert server.pop_requests("resolve") == []
    (folder / "images/test/test_2.zip").unlink()
    irdb_sql.download(folder, images=True, split="test")
    assert [line.rpartition("/")[2] for line in server.pop_requests("resolve")] == ["test_2.zip"]
    zips = ["images/test/test_1.zip", "images/test/test_2.zip"]
    assert held(folder) == selected_files(published, *zips, "metadata-test.parquet")


@pytest.mark.parametrize("fault", ["cut", "drop", "busy"])
def test_a_fault_that_passes_is_waited_for(server: FakeHub, published: Files, tmp_path: Path, fault: str) -> None:
    server.faults = [fault, fault, fault]
    folder = irdb_sql.download(tmp_path / "data", split="test")
    assert held(folder) == selected_files(published, "metadata-test.parquet")
    ranges = [line.partition("bytes=")[2] for line in server.pop_requests("resolve")]
    assert len(ranges) == 4
    half = len(published["metadata-test.parquet"]) // 2
    assert ranges[1] == (f"{half}-" if fault == "cut" else "")


@pytest.mark.parametrize("ending", ["", "ignore"])
def test_a_run_goes_on_where_an_interrupted_one_stopped(
    server: FakeHub, published: Files, tmp_path: Path, ending: str
) -> None:
    folder = tmp_path / "data"
    server.faults = ["", "cut", *["drop"] * fetching.TRIES]
    with pytest.raises(HubError, match="cannot be downloaded"):
        irdb_sql.download(folder, split="test", images=True)
    assert selected_files(held(folder), *published) == selected_files(published, "metadata-test.parquet")
    plan = download_plans.plan_download(folder, splits=["test"], images=True)
    zips = ["images/test/test_1.zip", "images/test/test_2.zip"]
    begun = len(published[zips[0]]) // 2
    assert plan.partial_bytes == begun
    left = sum(len(published[name]) for name in zips) - begun
    assert f"{download_plans.describe_bytes(left)} are left" in plan.describe()
    server.requests.clear()
    server.faults = [ending]
    irdb_sql.download(folder, split="test", images=True)
    assert [line.partition("bytes=")[2] for line in server.pop_requests("cdn")] == [f"{begun}-", ""]
    assert held(folder) == selected_files(published, "metadata-test.parquet", *zips)


@pytest.mark.parametrize("fault", ["wrong", "longer", "shorter", "page"])
@pytest.mark.parametrize("path", ["metadata-validation.parquet", "metadata-test.parquet", "images/test/test_2.zip"])
def test_what_is_not_the_listed_file_is_thrown_away(
    server: FakeHub, published: Files, tmp_path: Path, fault: str, path: str
) -> None:
    folder = tmp_path / "data"
    options: Any = {"split": "validation" if "validation" in path else "test", "images": path.endswith(".zip")}
    server.faults = ["", "", fault] if options["images"] else [fault]
    with pytest.raises(WrongContentError, match="is not the file of") as caught:
        irdb_sql.download(folder, **options)
    words = {"wrong": "git SHA-1 is" if "validation" in path else "SHA-256 is", "longer": "more than"}
    assert words.get(fault, "bytes, not") in caught.value.sentence
    assert caught.value.sentence.startswith(repr(path))
    whole = ["metadata-test.parquet", "images/test/test_1.zip"] if options["images"] else []
    assert held(folder) == selected_files(published, *whole)
    irdb_sql.download(folder, **options)
    assert held(folder) == selected_files(published, *whole, path)


def test_what_an_earlier_run_left_is_only_gone_on_with_if_it_begins_the_file(
    server: FakeHub, published: Files, tmp_path: Path
) -> None:
    content = published["metadata-test.parquet"]
    unfinished = tmp_path / ".irdb-download" / hashlib.sha256(content).hexdigest()
    unfinished.parent.mkdir()
    for left, fault, kind, words in (
        (b"!" + content[1:-1], "", WrongContentError, "SHA-256"),
        (content[:-1], "shorter", WrongContentError, "bytes, not"),
        (content[:-2], "other", HubError, "other bytes than requested"),
        (content[:-2], "gone", HubError, "answers 404"),
    ):
        unfinished.parent.mkdir(exist_ok=True)
        unfinished.write_bytes(left)
        server.faults = [fault]
        with pytest.raises(kind, match=words):
            irdb_sql.download(tmp_path, split="test")
        assert unfinished.exists() == (kind is HubError)
    for left in (content + b"!", content, content[:100]):
        unfinished.parent.mkdir(exist_ok=True)
        unfinished.write_bytes(left)
        (tmp_path / "metadata-test.parquet").unlink(missing_ok=True)
        irdb_sql.download(tmp_path, split="test")
        assert held(tmp_path) == selected_files(published, "metadata-test.parquet")
    assert [line.partition("bytes=")[2] for line in server.pop_requests("resolve")][-2:] == ["", "100-"]


def test_files_that_are_there_are_taken_if_they_are_right_and_else_left_alone(
    server: FakeHub, published: Files, tmp_path: Path
) -> None:
    content = published["metadata-test.parquet"]
    (tmp_path / "metadata-test.parquet").write_bytes(content)
    irdb_sql.download(tmp_path, split="test")
    assert server.pop_requests("resolve") == []
    for wrong, words in ((content[1:] + b"!", "SHA-256"), (b"mine", "4 bytes, not")):
        (tmp_path / "irdb-download.json").unlink(missing_ok=True)
        (tmp_path / "metadata-test.parquet").write_bytes(wrong)
        with pytest.raises(WrongContentError, match=f"(?s){words}.*is unchanged"):
            irdb_sql.download(tmp_path, split="test")
        assert (tmp_path / "metadata-test.parquet").read_bytes() == wrong


def test_commits_are_never_mixed(server: FakeHub, published: Files, tmp_path: Path) -> None:
    folder = irdb_sql.download(tmp_path / "data", split="test")
    first = server.branches[NAME, "main"]
    second = server.publish({**published, "metadata-train.parquet": b"other"})
    with pytest.raises(OtherCommitError) as caught:
        irdb_sql.download(folder)
    assert first in caught.value.sentence
    assert f"{second} (revision main)" in caught.value.sentence
    assert f"--revision {first}" in caught.value.hint
    assert set(held(folder)) == {"metadata-test.parquet"}
    irdb_sql.download(folder, revision=first)
    assert held(folder) == selected_files(published, *METADATA)


def test_what_the_hub_does_not_have_is_not_found(server: FakeHub, published: Files, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with pytest.raises(RepositoryNotFoundError, match="no dataset 'a/b'"):
        irdb_sql.download(folder, repository="a/b")
    with pytest.raises(RevisionNotFoundError, match="no revision 'v0'"):
        irdb_sql.download(folder, revision="v0")
    for name in ("a b", "a/b/c", "../x", ""):
        with pytest.raises(RepositoryNameError):
            irdb_sql.download(folder, repository=name)
    server.publish(selected_files(published, *METADATA[1:], "images/train/train_1.zip"), "few/files")
    with pytest.raises(NotInRepositoryError, match="lacks metadata-test.parquet\n"):
        irdb_sql.download(folder, repository="few/files", split=["train", "test"])
    with pytest.raises(NotInRepositoryError, match="lacks images/train/train_2.zip and .*train_4.zip\n"):
        irdb_sql.download(folder, repository="few/files", split="train", subset="1k", images=True)
    with pytest.raises(NotInRepositoryError, match="lacks images/validation/validation_1.zip"):
        irdb_sql.download(folder, repository="few/files", split="validation", images=True)
    for gone in ("images/test/test_2.zip", "images/validation/validation_1.zip"):
        server.publish({path: content for path, content in published.items() if path != gone})
        with pytest.raises(NotInRepositoryError, match=f"lacks {gone}"):
            irdb_sql.download(folder, images=True, subset="1k")
    server.publish({path: content for path, content in published.items() if path != "images/test/test_1.zip"}, "a/gap")
    with pytest.raises(NotInRepositoryError, match="lacks images/test/test_1.zip"):
        irdb_sql.download(folder, repository="a/gap", split="test", images=True)
    assert not folder.exists() or held(folder) == {}
    server.publish({}, "no/files")
    with pytest.raises(NotInRepositoryError):
        irdb_sql.download(folder, repository="no/files")
    wrong: Any
    for wrong, kind in (("all", UnknownSplitError), ([], UnknownSplitError)):
        with pytest.raises(kind):
            irdb_sql.download(folder, split=wrong)
    with pytest.raises(UnknownSubsetError):
        irdb_sql.download(folder, subset="3k")  # type: ignore[arg-type]  # no such subset
    assert not folder.exists()
    assert set(held(irdb_sql.download(folder, repository="few/files"))) == {*METADATA[1:]}


@pytest.mark.parametrize("status", [(401, "GatedRepo"), (403, "GatedRepo"), (403, ""), (401, "")])
def test_a_dataset_that_is_not_for_everybody_says_where_to_ask(
    server: FakeHub, tmp_path: Path, status: tuple[int, str]
) -> None:
    server.status = status
    with pytest.raises(HubAccessError, match=f"answers {status[0]}"):
        irdb_sql.download(tmp_path / "data")
    server.status, server.locked = None, status[0]
    with pytest.raises(HubAccessError, match="hf auth login"):
        irdb_sql.download(tmp_path / "data")


def test_a_token_goes_to_the_hub_and_to_no_other_host(
    server: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    irdb_sql.download(tmp_path / "data", split="test", images=True)
    assert set(server.tokens) == {("127.0.0.1", "Bearer hf_secret"), ("localhost", None)}


def test_a_mirror_may_know_the_dataset_by_its_older_name(server: FakeHub, published: Files, tmp_path: Path) -> None:
    server.commits["THUDM/ImageRewardDB"] = server.commits.pop(NAME)
    server.publish(published, "THUDM/ImageRewardDB")
    folder = irdb_sql.download(tmp_path / "data")
    assert json.loads((folder / "irdb-download.json").read_text())["repository"] == "THUDM/ImageRewardDB"
    server.commits.clear()
    with pytest.raises(RepositoryNotFoundError, match=NAME):
        irdb_sql.download(folder)


def test_a_hub_that_cannot_be_reached_or_is_none_is_one_sentence_with_the_steps_by_hand(
    server: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in (b"<html>sign in</html>", b"[]", b'{"id": "a/b", "sha": "x", "siblings": []}', b'{"id": "a/b"}'):
        server.page = page
        with pytest.raises(HubError, match="cannot be downloaded: "):
            irdb_sql.download(tmp_path / "data")
    server.page, server.status = b"no", (500, "")
    with pytest.raises(HubError, match="answers 500"):
        irdb_sql.download(tmp_path / "data")
    server.page, server.status, server.faults = b"", None, ["gone"]
    with pytest.raises(HubError, match="answers 404"):
        irdb_sql.download(tmp_path / "data")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", f"http://127.0.0.1:{port}")
    with pytest.raises(HubError, match="refused") as caught:
        irdb_sql.download(tmp_path / "data")
    assert "https://huggingface.co/datasets/zai-org/ImageRewardDB/tree/main" in caught.value.hint
    assert "HF_ENDPOINT" in caught.value.hint
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE"):
        irdb_sql.download(tmp_path / "data")


def test_without_the_extra_a_sentence_says_what_to_install_or_to_do(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['huggingface_hub'] = None\n"
        "import irdb_sql\n"
        "for ask in (lambda: irdb_sql.download('data'), lambda: irdb_sql.connect('hf://datasets/a/b')):\n"
        "    try:\n"
        "        ask()\n"
        "    except irdb_sql.IrdbError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.count("the package huggingface_hub is not installed") == 2
    assert len(re.findall(r"run `.*pip install .*\[hub\]'`, or fetch metadata-train.parquet", done.stdout)) == 2
    assert not (tmp_path / "data").exists()


def test_the_package_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, click, irdb_sql\n"
        "from irdb_sql.cli.main import irdb\n"
        "irdb.list_commands(click.Context(irdb))\n"
        "irdb_sql.connect().close()\n"
        "print({'huggingface_hub', 'filelock', 'urllib3', 'fsspec'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "set()\n"


def test_room_on_the_disk_is_looked_for_first(server: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "no" / "data"
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=999))
    with pytest.raises(DiskSpaceError, match="has 999 bytes free, and .* kB are to be downloaded"):
        irdb_sql.download(folder)
    assert not folder.parent.exists()
    assert server.pop_requests("resolve") == []


def test_a_disk_that_is_full_in_the_end_or_a_place_that_cannot_be_written_is_an_error(
    server: FakeHub, published: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(UnwritableError):
            irdb_sql.download(place)
    folder = tmp_path / "data"
    server.faults = ["cut"]
    with monkeypatch.context() as patch:
        patch.setattr(hub, "wait", lambda _attempt: fail())
        with pytest.raises(UnwritableError, match="No space left"):
            irdb_sql.download(folder, split="test")
    irdb_sql.download(folder, split="test")
    assert held(folder) == selected_files(published, "metadata-test.parquet")


def fail() -> None:
    raise OSError(28, "No space left on device")


def test_hostile_names_in_a_listing_lead_nowhere(server: FakeHub, published: Files, tmp_path: Path) -> None:
    hostile = dict.fromkeys(
        [
            "../evil.parquet", "/evil.parquet", "images/test/../../../test_3.zip", "images/test/test_3.zip/../../../../x",
            "..\\evil.parquet", "C:\\evil.parquet", "images/test/train_1.zip", "images/test/test_-1.zip", "images/test/test_².zip",
            "metadata-test.parquet\n", "images/\x00", "",
        ],
        b"evil",
    )  # fmt: skip
    server.publish({**hostile, **published})
    folder = irdb_sql.download(tmp_path / "deep" / "data", split="test", images=True)
    assert set(held(tmp_path)) == {
        f"deep/data/{name}"
        for name in ("metadata-test.parquet", "images/test/test_1.zip", "images/test/test_2.zip", "irdb-download.json")
    }
    assert folder.is_dir()


def test_two_processes_do_not_write_the_same_file(server: FakeHub, tmp_path: Path) -> None:
    (tmp_path / ".irdb-download").mkdir()
    with (
        filelock.FileLock(tmp_path / ".irdb-download" / "lock"),
        pytest.raises(FolderBusyError, match="another process"),
    ):
        irdb_sql.download(tmp_path)
    assert server.pop_requests("resolve") == []
    irdb_sql.download(tmp_path)


def test_a_record_that_is_broken_is_refused(server: FakeHub, published: Files, tmp_path: Path) -> None:
    for text in ("", "[]", "{}", '{"repository": 1, "revision": 2, "commit": 3, "metadata": [], "files": [1]}'):
        (tmp_path / "irdb-download.json").write_text(text)
        with pytest.raises(RecordError):
            irdb_sql.download(tmp_path)
    (tmp_path / "irdb-download.json").unlink()
    irdb_sql.download(tmp_path)
    assert held(tmp_path) == selected_files(published, *METADATA)
    assert server.pop_requests("wrong") == []


def test_the_command_notes_the_size_and_what_was_downloaded(
    server: FakeHub, environment: dict[str, str], start_cli: RunCli, tmp_path: Path, published: Files
) -> None:
    commit = server.branches[NAME, "main"]
    code, out, err = start_cli("download", "data", "--split", "test", env=environment)
    size = download_plans.describe_bytes(len(published["metadata-test.parquet"]))
    assert (code, out) == (0, "")
    assert err == (
        f"note: {NAME} at commit {commit} (revision main): 1 file, {size}\n"
        "note: the dataset is in data; query it with --data data\n"
    )
    assert len(server.pop_requests()) == 2  # the listing, and the file: nobody is source what runs here
    code, _, err = start_cli("download", "data", "--split", "test", "--split", "train", env=environment)
    assert code == 0
    assert f"2 files, {size}" not in err
    assert f", of which {size} are present and " in err
    code, _, err = start_cli("download", "elsewhere", "--revision", "v0", env=environment)
    assert code == 3
    assert err.startswith(f"error: the dataset '{NAME}' has no revision 'v0'\n\nHint: ")
    assert not (tmp_path / "elsewhere").exists()


def test_ctrl_c_ends_a_download_at_once_and_the_next_one_completes_it(
    server: FakeHub, environment: dict[str, str], tmp_path: Path, published: Files
) -> None:
    server.faults = ["", "hang"]
    child = subprocess.Popen(
        [sys.executable, "-m", "irdb_sql", "download", "data", "--split", "test", "--images"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=uncovered() | environment,
        text=True,
    )
    watchdog = threading.Timer(60, child.kill)
    watchdog.start()
    try:
        assert server.hung.wait(60)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate()
    finally:
        watchdog.cancel()
    assert (child.returncode, out) == (130, "")
    assert err.endswith("note: run the same command again to resume the download\n\ninterrupted\n")
    folder = irdb_sql.download(tmp_path / "data", split="test", images=True)
    zips = ["images/test/test_1.zip", "images/test/test_2.zip"]
    assert held(folder) == selected_files(published, "metadata-test.parquet", *zips)


def test_every_failure_of_a_download_is_ours(server: FakeHub, tmp_path: Path) -> None:
    work: list[Callable[[], object]] = [
        lambda: irdb_sql.download(tmp_path, repository="a/b"),
        lambda: irdb_sql.download(tmp_path, revision="\x00"),
        lambda: irdb_sql.download(tmp_path, revision="../../x"),
    ]
    for ask in work:
        with pytest.raises(IrdbError):
            ask()
    assert server.pop_requests("resolve") == []

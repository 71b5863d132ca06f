"""Reading every image: what it finds out, how a run goes on, and what the command writes."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import RunCli, image, uncovered, write_metadata
from fakes.images import FOLDER, webp

import irdb_sql
from irdb_sql.errors import UnwritableError
from irdb_sql.images import store as image_store
from irdb_sql.sources.errors import BrokenFileError, SourceNotFoundError

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

COLUMNS = ["image_path", "split", "location", "member", "size", "crc", "status", "detail", "row_index"]


def statuses(files: pl.DataFrame) -> dict[str, str]:
    return {Path(path).stem: status for path, status in files.select("image_path", "status").rows()}


CHEAP = {"good": "ok", "fine": "ok", "text": "ok", "flipped": "ok", "empty": "empty", "missing": "missing"}
READ = CHEAP | {"flipped": "corrupt"}
DECODED = READ | {"text": "corrupt"}


def test_verifying_finds_what_only_reading_and_only_decoding_shows(folder: Path) -> None:
    with irdb_sql.connect(folder) as db:
        cheap = db.image_files()
        read = db.image_files(verify=True)
        decoded = db.image_files(decode=True)
        assert statuses(read) == READ
        assert statuses(decoded) == DECODED
        assert cheap.schema == read.schema == decoded.schema
        assert read.filter(status="corrupt")["detail"].item().startswith("its CRC-32 is")
        assert "no image" in decoded.filter(pl.col("image_path").str.contains("text"))["detail"].item()
        assert db.image_files().equals(cheap)


def test_verifying_fills_in_the_crc_of_unpacked_files(folder: Path) -> None:
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "missing.webp").write_bytes(webp(9))
    with irdb_sql.connect(folder) as db:
        for files, crc in ((db.image_files(), None), (db.image_files(verify=True), zlib.crc32(webp(9)))):
            assert files.row(-1)[2:7] == (f"{FOLDER}/missing.webp", None, len(webp(9)), crc, "ok")


def test_a_row_that_stands_twice_is_listed_twice_and_verified_once(folder: Path) -> None:
    write_metadata(folder, [image("p", "good", 1), image("p", "good", 2), image("p", "flipped", 3)])
    progress: list[tuple[int, int]] = []
    with irdb_sql.connect(folder) as db:
        files = db.image_files(verify=True, progress=lambda done, total: progress.append((done, total)))
        assert files["status"].to_list() == ["ok", "ok", "corrupt"]
    assert progress == [(0, 2), (2, 2)]


def test_a_verification_holds_for_files_that_have_not_changed(folder: Path, tmp_path: Path) -> None:
    verified = tmp_path / "verified.parquet"
    with irdb_sql.connect(folder) as db:
        db.image_files(verify=True).write_parquet(verified)
    with zipfile.ZipFile(folder / f"{FOLDER}.zip", "w") as archive:
        archive.writestr("good.webp", webp(1))
        archive.writestr("fine.webp", webp(200))
    with irdb_sql.connect(folder, images=verified) as db:
        assert [Path(path).stem for path in db.images()["image_path"]] == ["good"]


def test_images_that_are_no_verification_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        irdb_sql.connect(folder, images="OK")
    (tmp_path / "x.parquet").write_bytes(b"x")
    with pytest.raises(BrokenFileError, match="is no verification"):
        irdb_sql.connect(folder, images=tmp_path / "x.parquet")
    with pytest.raises(BrokenFileError, match="status"):
        irdb_sql.connect(folder, images=folder / "metadata-test.parquet")


def test_an_interrupted_verification_goes_on_where_it_stopped(
    db: ImageRewardDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "journal"
    whole = db.image_files(verify=True)

    def stop(done: int, _total: int) -> None:
        if done > 1000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        db.image_files(verify=True, journal=journal, progress=stop)
    read_paths: list[str] = []
    read = image_store.ImageStore.map

    def spy(self: Any, paths: list[str], function: Any) -> Any:
        read_paths.extend(paths)
        return read(self, paths, function)

    monkeypatch.setattr(image_store.ImageStore, "map", spy)
    with journal.open("ab") as file:
        file.write(b'{"image_path": "images/tra')  # a run that was killed in the midst of a line
    progress: list[int] = []
    assert db.image_files(verify=True, journal=journal, progress=lambda done, _: progress.append(done)).equals(whole)
    assert progress[0] == 1024
    assert len(read_paths) == whole.height - 1024
    read_paths.clear()
    assert db.image_files(verify=True, journal=journal).equals(whole)
    assert read_paths == []
    assert db.image_files(verify=True, decode=True, journal=journal).equals(whole)
    assert len(read_paths) == whole.height  # another question, which the journal does not answer


def test_a_journal_forgets_files_that_have_changed(folder: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with irdb_sql.connect(folder) as db:
        db.image_files(verify=True, journal=journal)
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert lines[0] == {"irdb_verify": 1, "decode": False, "measure": False}
    assert len(lines) == 5
    lines[1]["facts"] = [1, 1, "corrupt", "as the journal says"]
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with irdb_sql.connect(folder) as db:
        assert db.image_files(verify=True, journal=journal)["detail"][0] == "as the journal says"
    with zipfile.ZipFile(folder / f"{FOLDER}.zip", "w") as archive:
        archive.writestr("good.webp", webp(77))
    with irdb_sql.connect(folder) as db:
        assert db.image_files(verify=True, journal=journal)["status"][0] == "ok"


def test_a_file_that_is_no_journal_is_not_written_over(folder: Path, tmp_path: Path) -> None:
    for content in ("precious", '{"other": "json"}\n', "[1]\n"):
        (tmp_path / "mine").write_text(content)
        with irdb_sql.connect(folder) as db, pytest.raises(UnwritableError, match="no journal of irdb verify"):
            db.image_files(verify=True, journal=tmp_path / "mine")
        assert (tmp_path / "mine").read_text() == content
    with irdb_sql.connect(folder) as db, pytest.raises(UnwritableError):
        db.image_files(verify=True, journal=tmp_path / "no folder" / "journal")


def test_verify_writes_a_table_and_exits_with_1_if_some_image_is_not_ok(
    folder: Path, run_cli: RunCli, tmp_path: Path
) -> None:
    code, out, err = run_cli("verify", "--data", folder, "--decode", "-o", "v.parquet")
    assert (code, out) == (1, "")
    assert err == "note: wrote 6 rows to v.parquet\nnote: 2 of 6 images are ok, 2 corrupt, 1 empty, 1 missing\n"
    assert statuses(pl.read_parquet(tmp_path / "v.parquet")) == DECODED
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "v.parquet"]
    code, out, err = run_cli("query", "pairs", "--data", folder, "--images", "v.parquet", "--format", "ndjson")
    assert (code, len(out.splitlines()), err) == (0, 1, "")
    code, out, _ = run_cli("verify", "--data", folder, "--images-root", tmp_path, "--format", "csv")
    assert (code, out.splitlines()[0]) == (1, ",".join(COLUMNS))
    assert out.count(",archive_missing,") == 6
    code, out, _ = run_cli("verify", "--data", folder, "--format", "csv")
    assert (code, out.count("\n"), ",ok," in out) == (1, 4, False)
    code, out, err = run_cli("verify", "--split", "test", "--all", "--format", "ndjson")
    assert (code, len(out.splitlines())) == (0, 279)
    assert err.endswith("note: 279 of 279 images are ok\n")
    code, _, err = run_cli("verify", "--data", folder, "-o", "table.xyz")
    assert code == 2
    code, out, err = run_cli("query", "totals", "--data", folder, "--images", "nothing.parquet")
    assert (code, out) == (3, "")
    assert "no file of irdb verify is called 'nothing.parquet'" in err


STOPPED = """
import os, signal, sys
from irdb_sql.cli import main as cli
from irdb_sql.images import verify as image_verification
image_verification._IMAGES_AT_ONCE = 100
add = image_verification.Journal.add
def add_and_stop(self, facts):
    add(self, facts)
    if len(self._path.read_text().splitlines()) > 500:
        os.kill(os.getpid(), signal.SIGINT)
image_verification.Journal.add = add_and_stop
cli.main()
"""


def test_ctrl_c_leaves_a_journal_and_says_so(tmp_path: Path, run_cli: RunCli) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, "verify", "-o", "v.csv"],
        cwd=tmp_path, env=uncovered(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 130
    assert done.stderr.endswith("note: run the same command again to resume from v.csv.unfinished\n\ninterrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["v.csv.unfinished"]
    code, _, err = run_cli("verify", "-o", "v.csv")
    assert (code, err.splitlines()[-1]) == (0, "note: 2,125 of 2,125 images are ok")
    assert [path.name for path in tmp_path.iterdir()] == ["v.csv"]

"""Exports that cannot be made, are killed or meet a full disk, and the command that makes them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from click.testing import CliRunner
from conftest import RunCli, image, uncovered, write_metadata

import irdb_sql
from irdb_sql import errors
from irdb_sql.cli.main import irdb
from irdb_sql.exports import errors as export_errors
from irdb_sql.exports.formats import EXPORT_FORMATS

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

EXPORT = (
    "import sys, irdb_sql\n"
    "def tell(done, total): print(done, flush=True)\n"
    "with irdb_sql.connect() as db:\n"
    "    db.export(*sys.argv[1:3], split=sys.argv[3] or None, progress=tell)\n"
)


@pytest.mark.slow
@pytest.mark.parametrize(("format", "target", "split"), [("pairs", "p.parquet", "train"), ("webdataset", "shards", "")])
def test_a_killed_export_leaves_nothing_at_its_target_and_the_next_one_clears_up(
    db: ImageRewardDB, tmp_path: Path, format: str, target: str, split: Any
) -> None:
    command = [sys.executable, "-c", EXPORT, format, target, split]
    for portions in (0, 1, 2, 3):
        with subprocess.Popen(command, cwd=tmp_path, env=uncovered(), stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert all(process.stdout.readline() for _ in range(portions))
            process.kill()
        assert not (tmp_path / target).exists()
    assert [path.name for path in tmp_path.iterdir()] != []
    assert subprocess.run(command, cwd=tmp_path, env=uncovered(), check=True, capture_output=True).stdout
    names = ["p.parquet", "p.parquet.manifest.json"] if format == "pairs" else ["shards"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    (tmp_path / "again").mkdir()
    made = db.export(format, tmp_path / "again" / target, split=split or None)
    for facts in made["files"]:
        place = Path(target) / facts["file"] if format == "webdataset" else Path(target)
        assert (tmp_path / place).read_bytes() == (tmp_path / "again" / place).read_bytes()


@pytest.mark.parametrize(("format", "target"), [("rows", "p.parquet"), ("webdataset", "shards"), ("ranking", "r.json")])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path, format: str, target: str) -> None:
    code = (
        "import resource, signal, sys\n"
        "from irdb_sql.cli.main import main\n"
        "import irdb_sql\n"
        "irdb_sql.connect().close()\n"  # the sample is written before
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"  # no file may grow beyond this
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"sys.argv[1:] = ['export', '{format}', '--split', 'test', '-o', '{target}']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=uncovered(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "note: no --data given; this is the embedded sample, which is synthetic\n"
        f"error: '{target}' could not be written: File too large\n\n"
        "Hint: choose another path, or free disk space; nothing was changed.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_an_export_with_130_and_leaves_nothing(tmp_path: Path) -> None:
    code = EXPORT.replace("flush=True)", "flush=True); sys.stdin.readline()")
    with subprocess.Popen(
        [sys.executable, "-c", code, "pairs", "p.parquet", "train"],
        cwd=tmp_path, env=uncovered(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate()
    assert b"KeyboardInterrupt" in complaint
    assert process.returncode == -signal.SIGINT
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_it_wrote_and_the_manifest_says_the_command(run_cli: RunCli, tmp_path: Path) -> None:
    sample = "note: no --data given; this is the embedded sample, which is synthetic\n"
    wrote = "note: wrote 651 rows of 48 prompts and 279 images (1 file, 0.6 MB) to p.parquet\n"
    assert run_cli("export", "pairs", "--split", "test", "-o", "p.parquet") == (0, "", sample + wrote)
    manifest = json.loads((tmp_path / "p.parquet.manifest.json").read_text())
    assert manifest["command"] == "irdb export pairs --split test -o p.parquet"
    assert manifest["choice"]["split"] == "test"
    assert manifest["totals"]["rows"] == pl.read_parquet(tmp_path / "p.parquet").height == 651
    assert run_cli("export", "metadata", "-o", "m", "--sample", "0.5:1", "--seed", "2")[0] == 0
    assert sorted(path.name for path in (tmp_path / "m").iterdir()) == [
        "manifest.json",
        *(f"metadata-{split}.parquet" for split in ("test", "train", "validation")),
    ]


REFUSED: list[tuple[list[str], str]] = [
    (
        ["pairs", "-o", "p.parquet"],
        "the file 'p.parquet' would hold test, train, validation without a split column",
    ),
    (["rows", "-o", "p.csv"], "an export of rows makes no .csv file, as 'p.csv' would be"),
    (["rows", "-o", "d", "--per-prompt", "2"], "the export format 'rows' has no option 'per_prompt'"),
    (["pairs", "-o", "d", "--keep-ties"], "the export format 'pairs' has no option 'keep_ties'"),
    (["pairs", "-o", "full"], "'full' already exists and is not empty"),
    (
        ["pairs", "-o", "pipe.parquet", "--split", "test"],
        "'pipe.parquet' could not be written: it is a device, pipe or socket",
    ),
]


@pytest.mark.parametrize(("args", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_what_makes_no_sense_is_refused_in_one_sentence(
    db: ImageRewardDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], sentence: str
) -> None:
    del db  # which has made the sample
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").touch()
    os.mkfifo(tmp_path / "pipe.parquet")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    result = CliRunner().invoke(irdb, ["export", *args])
    assert result.exit_code == 1
    assert isinstance(result.exception, errors.IrdbError)
    assert str(result.exception).partition("\n\nHint: ")[0] == sentence
    assert sorted(tmp_path.rglob("*")) == before


def test_a_target_that_is_the_data_is_refused(tmp_path: Path) -> None:
    write_metadata(tmp_path, [image("p", "a", 1), image("p", "b", 2)])
    with irdb_sql.connect(tmp_path) as db:
        for target in (tmp_path / "metadata-test.parquet", tmp_path / "metadata-validation.parquet"):
            with pytest.raises(errors.SourceTargetError):
                db.export("metadata", target, split="test")
        with pytest.raises(errors.TargetExistsError):
            db.export("metadata", tmp_path)


def test_names_that_no_file_can_have_are_refused_in_one_sentence(db: ImageRewardDB, tmp_path: Path) -> None:
    for name in (f"{'x' * 250}.parquet", f"{'x' * 240}.parquet", "a\0.parquet"):
        with pytest.raises(errors.UnwritableError):
            db.export("pairs", tmp_path / name, split="test", images=False)
    assert list(tmp_path.iterdir()) == []


def test_an_export_of_nothing_says_so_and_none_goes_to_standard_output(run_cli: RunCli, tmp_path: Path) -> None:
    nothing = ["export", "pairs", "--split", "test", "--min-rank-gap", "99", "-o", "p.parquet"]
    code, _, notes = run_cli(*nothing)
    assert code == 1
    assert (
        "error: an export of pairs with split='test', min_rank_gap=99 would hold nothing; nothing was written" in notes
    )
    assert "Hint: " in notes
    assert list(tmp_path.iterdir()) == []
    code, _, notes = run_cli(*nothing, "--allow-empty")
    assert code == 0
    assert "note: no rows of test match the options; its file is empty\n" in notes
    assert pl.read_parquet(tmp_path / "p.parquet").is_empty()
    assert run_cli("export", "pairs", "-o", "-")[0] == 2


def test_a_folder_that_would_hold_nothing_is_not_made(db: ImageRewardDB, tmp_path: Path) -> None:
    with pytest.raises(errors.EmptyExportError, match="min_rank_gap=99"):
        db.export("pairs", tmp_path / "pairs", images=False, min_rank_gap=99)
    with pytest.raises(errors.NoImagesError, match="the rows name none"):
        db.export_images(db.images().head(0), tmp_path / "images")
    assert list(tmp_path.iterdir()) == []
    assert db.export_images(db.images().head(0), tmp_path / "images", allow_empty=True) == 0
    manifest = db.export("pairs", tmp_path / "pairs", images=False, min_rank_gap=99, allow_empty=True)
    assert manifest["totals"]["rows"] == 0


def test_a_side_without_rows_is_said_to_have_none(db: ImageRewardDB, tmp_path: Path) -> None:
    db.export("pairs", tmp_path / "p.parquet", split="test", images=False, min_rank_gap=99, allow_empty=True)
    with pytest.warns(errors.EmptySideWarning, match=r"p\.parquet' holds no prompts and no images"):
        assert db.check_split(tmp_path / "p.parquet", "test").is_empty()


def test_options_of_the_method_are_checked(db: ImageRewardDB, tmp_path: Path) -> None:
    wrong: list[tuple[dict[str, Any], type[errors.IrdbError]]] = [
        ({"format": "row"}, errors.ChoiceError),
        ({"format": "pairs", "weights": "images"}, errors.ChoiceError),
        ({"format": "pairs", "sample": "half"}, errors.RangeError),
        ({"format": "pairs", "sample": (0, 1, 2)}, errors.RangeError),
        ({"format": "pairs", "shard_bytes": 1.5}, errors.RangeError),
        ({"format": "pairs", "seed": True}, errors.RangeError),
        ({"format": "pairs", "sample": True}, errors.RangeError),
        ({"format": "pairs", "images": "no"}, errors.RangeError),
        ({"format": "pairs", "stratified": 1}, errors.RangeError),
        ({"format": "pairs", "min_rank_gap": None}, errors.RangeError),
        ({"format": "pairs", "seed": 2**31}, errors.RangeError),
        ({"format": "pairs", "splits": "test"}, errors.UnknownOptionError),
        ({"format": "pairs", "split": "dev"}, errors.UnknownSplitError),
        ({"format": "pairs", "subset": "3k"}, errors.UnknownSubsetError),
        ({"format": "ranking", "weights": "prompt"}, export_errors.UnusedOptionError),
    ]
    for options, kind in wrong:
        with pytest.raises(kind):
            db.export(target=tmp_path / "out", **options)
    assert list(tmp_path.iterdir()) == []


def broken_folder(folder: Path) -> Path:
    """Two prompts of three images, of which one is missing and one has no bytes."""
    rows = [image(prompt, f"{prompt}{rank}", rank) for prompt in ("p", "q") for rank in (1, 2, 3)]
    write_metadata(folder, rows)
    (folder / "images/test").mkdir(parents=True)
    with zipfile.ZipFile(folder / "images/test/test_1.zip", "w") as archive:
        for row in rows[1:]:
            name = Path(row["image_path"]).name
            archive.writestr(name, b"" if name == "q3.webp" else name.encode())
    return folder


def test_images_that_cannot_be_had_end_an_export_or_are_left_out_of_it(tmp_path: Path, run_cli: RunCli) -> None:
    folder = broken_folder(tmp_path)
    with irdb_sql.connect(folder) as db, pytest.raises(export_errors.ExportedImageError) as caught:
        db.export("rows", tmp_path / "r.parquet", split="test")
    assert caught.value.sentence.startswith("image 'images/test/test_1/p1.webp' cannot be read, missing")
    assert "--ok-images-only" in caught.value.hint
    assert not (tmp_path / "r.parquet").exists()
    code, _, notes = run_cli("export", "rows", "--data", folder, "--ok-images-only", "-o", "out")
    left_out = "note: 2 images of the data are left out by --images or --classification\n"
    assert (code, notes) == (0, left_out + "note: wrote 4 rows of 2 prompts and 4 images (1 file, 0.0 MB) to out\n")
    rows = pl.read_parquet(tmp_path / "out/test-00000-of-00001.parquet")
    assert rows["image_amount_in_total"].to_list() == [2, 2, 2, 2]
    assert rows["image"].struct["bytes"].to_list() == [b"p2.webp", b"p3.webp", b"q1.webp", b"q2.webp"]
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert (manifest["source"]["images"], manifest["source"]["images_left_out"]) == ("ok", 2)
    assert run_cli("export", "rows", "--ok-images-only", "--images", "x.parquet", "-o", "o")[0] == 2


@pytest.mark.parametrize("format", EXPORT_FORMATS)
def test_an_export_of_no_prompt_has_the_same_columns(tmp_path: Path, format: str) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with irdb_sql.connect(write_metadata(folder, [])) as db:
        made = db.export(format, tmp_path / "out", images=False, allow_empty=True)
    assert made["totals"] == {"rows": 0, "prompts": 0, "images": 0, "bytes": made["files"][0]["bytes"]}
    written = tmp_path / "out" / made["files"][0]["file"]
    if written.suffix == ".parquet":
        assert pl.read_parquet(written).columns == made["columns"] == list(EXPORT_FORMATS[format].columns.values())
    elif written.suffix == ".json":
        assert json.loads(written.read_text()) == []
    else:
        with tarfile.open(written) as shard:
            assert shard.getnames() == []


def test_hostile_paths_are_no_names_in_a_shard_and_lead_nowhere(tmp_path: Path) -> None:
    names = ["a.json", "b.tar.gz", "c", "d.WEBP", "e.we bp"]
    rows = [image("../p/\n", name, 1) | {"image_path": f"images/test/test_1/{name}"} for name in names]
    write_metadata(tmp_path, rows)
    (tmp_path / "images/test/test_1").mkdir(parents=True)
    for name in names:
        (tmp_path / "images/test/test_1" / name).write_bytes(name.encode())
    with irdb_sql.connect(tmp_path) as db:
        db.export("webdataset", tmp_path / "s.tar", split="test")
    with tarfile.open(tmp_path / "s.tar") as shard:
        actual = [name for name in shard.getnames() if not name.endswith(".json")]
        assert actual == [
            "000000000.image", "000000001.gz", "000000002.image", "000000003.webp", "000000004.image",
        ]  # fmt: skip
        row = shard.extractfile("000000000.json")
        assert row is not None
        assert json.loads(row.read())["prompt_id"] == "../p/\n"
    write_metadata(tmp_path, [image("p", "x", 1) | {"image_path": "images/test/test_1/../../../x"}])
    with irdb_sql.connect(tmp_path) as db, pytest.raises(errors.ImageError, match="may lead out"):
        db.export("rows", tmp_path / "r.parquet", split="test")

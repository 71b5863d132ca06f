"""Input as other tools and people write it is read, or refused in a sentence that says what to do."""

from __future__ import annotations

import io
import json
import pickle
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import image, write_metadata
from PIL import Image

import irdb_sql
from irdb_sql.core.file_contents import LFS_POINTER
from irdb_sql.engine.errors import ForkError, TableTypeError
from irdb_sql.errors import ArgumentTypeError, IrdbError, PointerFileError, TwinColumnsError
from irdb_sql.images.errors import DecodeError
from irdb_sql.scorers.errors import NoScorersError, ScoreColumnError, ScoreFileError, ScoreValueError
from irdb_sql.sources.errors import AbsentSplitWarning, BrokenFileError, NoPartWarning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import RunCli

    from irdb_sql import ImageRewardDB

ROWS = [image("p", "a", 1), image("p", "b", 2), image("p", "c", 3)]
PATHS = [row["image_path"] for row in ROWS]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return write_metadata(tmp_path / "data", ROWS)


def accuracy(data: Path, scores: Any) -> float:
    with irdb_sql.connect(data) as db:
        return float(db.evaluate(scores, resamples=5).filter(metric="acc_micro")["value"].item())


@pytest.mark.parametrize("column", ["rank", "prompt_id", "image_path", "overall_rating"])
@pytest.mark.parametrize("is_first", [True, False])
def test_columns_that_sql_takes_for_one_are_refused(data: Path, column: str, is_first: bool) -> None:  # noqa: FBT001
    path = data / "metadata-test.parquet"
    frame = pl.read_parquet(path)
    twin = pl.col(column).reverse().alias(column.upper())
    frame.select(*((twin, pl.all()) if is_first else (pl.all(), twin))).write_parquet(path)
    with pytest.raises(TwinColumnsError, match=column):
        irdb_sql.connect(data)


def test_scores_are_read_by_exact_names_first_and_doubtful_ones_refused(data: Path) -> None:
    good, bad = [3, 2, 1], [1, 2, 3]
    frame = pl.DataFrame(
        {"scorer": ["m"] * 3, "Image_Path": PATHS[::-1], "image_path": PATHS, "Score": bad, "score": good}
    )
    assert accuracy(data, frame) == 1
    assert accuracy(data, frame.select("scorer", "Image_Path", Score="Score")) == 1
    with pytest.raises(ScoreColumnError, match="'Score' and 'SCORE', and either may be score"):
        accuracy(data, frame.select("scorer", "image_path", "Score", SCORE="score"))
    with irdb_sql.connect(data) as db, pytest.raises(TableTypeError, match="'A' and 'a'"):
        db.register("mine", pl.DataFrame({"A": [1], "a": [2]}))


@pytest.mark.parametrize("kind", [pl.Float16, pl.Int128, pl.UInt128, pl.Float32, pl.Int8])
def test_tables_of_any_numbers_are_registered(data: Path, kind: Any) -> None:
    nested = {
        "plain": 1,
        "lists": [[1]],
        "array": [1, 2],
        "struct": {"x": 1, "y": [{"z": 1}]},
        "empty": [],
    }
    types = {
        "plain": kind,
        "lists": pl.List(pl.List(kind)),
        "array": pl.Array(kind, 2),
        "struct": pl.Struct({"x": kind, "y": pl.List(pl.Struct({"z": kind}))}),
        "empty": pl.Array(kind, 0),
    }
    with irdb_sql.connect(data) as db:
        db.register("mine", pl.DataFrame([nested, dict.fromkeys(nested)], types))
        rows = db.sql("FROM mine ORDER BY plain").rows(named=True)
        assert rows[0] == nested
        assert rows[1]["lists"] is rows[1]["array"] is rows[1]["plain"] is None
        keys = pa.map_(pa.string(), pa.float16())
        db.register("maps", pa.table({"a": pa.array([[("k", 1.5)]], keys)}))
        assert db.sql("SELECT a['k'] AS k FROM maps").item() == 1.5


LARGE = 2**100


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (LARGE, pl.Int128),
        ([LARGE], pl.List(pl.Int128)),
        ([LARGE], pl.Array(pl.Int128, 1)),
        ({"x": LARGE}, pl.Struct({"x": pl.Int128})),
    ],
)
def test_numbers_that_do_not_fit_are_refused(data: Path, value: object, kind: Any) -> None:
    with irdb_sql.connect(data) as db, pytest.raises(TableTypeError, match="numbers that 64 bits cannot hold"):
        db.register("mine", pl.DataFrame({"a": [value]}, {"a": kind}))


class Broken:
    """A table that fails with the representation of an object."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        raise RuntimeError(object(), requested_schema)


TABLES: dict[str, Any] = {
    "it is of the type int": 3,
    "it is of the type NoneType": None,
    "it is of the type Broken": Broken(),
    "it is of the type Int64Array": pa.array([1]),
    "it is of the type ndarray": np.zeros((2, 2, 2)),
    "it is a path or a text": "data.parquet",
    "it is a lazy frame that cannot be collected": pl.LazyFrame({"a": [1]}).select("b"),
    "it has no columns": pl.DataFrame(),
    "its columns have 1 and 2 values": {"a": [1], "b": [1, 2]},
    "a column is called 1, which is no text": {1: [1]},
    "a column is called None, which is no text": {None: [1]},
    "a column is called 'a', as another one is": pa.table([pa.array([1]), pa.array([2])], ["a", "a"]),
    "the column 'a' holds values of the type object": {"a": [object()]},
    "the column 'a' holds lists of values of the type object": {"a": [[object()]]},
    "the column 'a' holds values of the type int and values of the type str": {"a": [1, "x"]},
    "the column 'a' holds values of the type set": {"a": {1}},
    "the column 'a' holds values of the type complex": {"a": [1j]},
    "the column 'a' holds whole numbers of more than 64 bits": {"a": [2**200]},
    "the column 'a' holds text that is not UTF-8": {"a": ["\ud800"]},
    "the column 'a' holds the type run_end_encoded": pa.table({"a": pa.RunEndEncodedArray.from_arrays([1], [5])}),
}


@pytest.mark.parametrize("reason", TABLES)
def test_what_cannot_be_registered_is_told_in_words_of_ours(db: ImageRewardDB, reason: str) -> None:
    with pytest.raises(TableTypeError) as caught:
        db.register("mine", TABLES[reason])
    assert caught.value.sentence.startswith(f"the table 'mine' cannot be registered: {reason}")
    for foreign in (" at 0x", "<object", "PyErr", "Series", "DataFrame constructor", "Utf8"):
        assert foreign not in str(caught.value)


def test_scores_and_groups_that_cannot_be_read_are_told_so(data: Path) -> None:
    wrong: Any = pl.LazyFrame({"image_path": PATHS}).select("b")
    for scores in (wrong, Broken()):
        with pytest.raises(ScoreFileError, match="lazy frame that cannot be|of the type Broken"):
            accuracy(data, scores)
    with irdb_sql.connect(data) as db, pytest.raises(ArgumentTypeError, match="lazy frame that cannot be collected"):
        db.evaluate(by=wrong)


LAYOUTS: dict[str, Callable[[list[Any], Path], Any]] = {
    "mapping": lambda scores, _: dict(zip(PATHS, scores, strict=True)),
    "named mapping": lambda scores, _: {"m": dict(zip(PATHS, scores, strict=True))},
    "frame": lambda scores, _: pl.DataFrame({"image_path": PATHS, "m": pl.Series(scores, strict=False)}),
    "frame of pandas": lambda scores, _: pd.DataFrame({"image_path": PATHS, "m": scores}),
    "series of pandas": lambda scores, _: pd.Series(scores, index=PATHS, name="m"),
    "file": lambda scores, path: write_scores(path, scores),
}


def write_scores(path: Path, scores: list[Any]) -> Path:
    rows = [{"image_path": image, "m": score} for image, score in zip(PATHS, scores, strict=True)]
    path.write_text(json.dumps(rows))
    return path


@pytest.mark.parametrize("layout", LAYOUTS)
def test_scores_that_are_lists_of_one_are_scores(data: Path, tmp_path: Path, layout: str) -> None:
    for scores in ([[3.0], [2.0], [1.0]], [[3], [2], [1]], [[3], [2.5], [1]]):
        assert accuracy(data, LAYOUTS[layout](scores, tmp_path / "s.json")) == 1


def test_arrays_of_one_and_numbers_beside_lists_are_scores(data: Path) -> None:
    for scores in ([np.array([3]), np.float32(2), (1,)], [[3], 2, np.array(1.0)]):
        assert accuracy(data, dict(zip(PATHS, scores, strict=True))) == 1


@pytest.mark.parametrize(
    ("layout", "wrong"),
    [
        *((layout, wrong) for layout in LAYOUTS for wrong in ([], [3, 4])),
        *((layout, [[2]]) for layout in ("mapping", "named mapping", "file")),  # others have one depth of lists
    ],
)
def test_the_score_that_is_no_number_is_named_with_its_row(
    data: Path, tmp_path: Path, layout: str, wrong: list[Any]
) -> None:
    with pytest.raises(ScoreValueError, match="row 2 of") as caught:
        accuracy(data, LAYOUTS[layout]([[3], wrong, [1]], tmp_path / "s.json"))
    assert f"'{wrong}'" in caught.value.sentence


@pytest.mark.parametrize("scores", [{}, {"m": {}}])
def test_a_mapping_of_nothing_has_no_scores(data: Path, scores: Any) -> None:
    with pytest.raises(NoScorersError):
        accuracy(data, scores)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_with_any_ends_of_lines_is_read(data: Path, tmp_path: Path, end: str) -> None:
    lines = ["image_path,m", *(f"{path},{score}" for path, score in zip(PATHS, (3, 2, 1), strict=True)), ""]
    (tmp_path / "s.csv").write_text(end.join(lines), newline="")
    assert accuracy(data, tmp_path / "s.csv") == 1


def test_objects_with_keys_of_their_own_do_not_fill_the_memory(data: Path, tmp_path: Path) -> None:
    (tmp_path / "s.ndjson").write_text("\n".join(f'{{"image_path": "{PATHS[0]}", "s{n}": 1}}' for n in range(1500)))
    with pytest.raises(ScoreFileError, match="its 1,500 objects have 1,501 different keys, and 3,000 values in all"):
        accuracy(data, tmp_path / "s.ndjson")


def test_objects_a_line_are_told_where_a_list_is_needed(data: Path, tmp_path: Path) -> None:
    ranking = json.dumps({"id": "1", "prompt": "p", "generations": ["a", "b"], "ranking": [1, 2]})
    (tmp_path / "r.json").write_text(f"{ranking}\n{ranking}")
    with pytest.raises(BrokenFileError, match="write its objects as one list"):
        irdb_sql.connect(tmp_path / "r.json")
    (tmp_path / "s.json").write_text("\n".join(f'{{"image_path": "{path}", "m": 1}}' for path in PATHS))
    with pytest.raises(ScoreFileError, match=r"call it \.ndjson"):
        accuracy(data, tmp_path / "s.json")


def test_pointers_of_git_lfs_are_told_wherever_a_file_is_read(data: Path, tmp_path: Path) -> None:
    pointer = LFS_POINTER + b"v1\noid sha256:" + b"a" * 64 + b"\nsize 210000000\n"
    for name in ("m.parquet", "m.json", "s.csv", "s.parquet"):
        (tmp_path / name).write_bytes(pointer)
    for name in ("m.parquet", "m.json"):
        with pytest.raises(PointerFileError, match="git lfs pull"):
            irdb_sql.connect(tmp_path / name)
    for name in ("s.csv", "s.parquet"):
        with pytest.raises(PointerFileError):
            accuracy(data, tmp_path / name)
    with pytest.raises(PointerFileError):
        irdb_sql.connect(data, images=tmp_path / "s.parquet")
    with pytest.raises(DecodeError, match="pointer of Git LFS"):
        irdb_sql.decode([pointer])
    (data / "images/test").mkdir(parents=True)
    (data / "images/test/test_1.zip").write_bytes(pointer)
    with irdb_sql.connect(data) as db:
        assert "git lfs pull" in db.image_files()["detail"][0]


def test_grey_of_16_bits_keeps_its_shades() -> None:
    content = io.BytesIO()
    Image.fromarray(np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)).save(content, "PNG")
    shades = irdb_sql.decode([content.getvalue()])[0, :, :, 0].ravel()
    assert np.abs(shades.astype(int) - np.arange(256)).max() <= 1


def test_other_formats_are_told_and_no_address_is() -> None:
    for name in ("GIF", "BMP", "TIFF"):
        content = io.BytesIO()
        Image.new("RGB", (8, 8)).save(content, name)
        with pytest.raises(DecodeError, match="only WebP, PNG and JPEG are read") as caught:
            irdb_sql.decode([content.getvalue()])
        assert " at 0x" not in str(caught.value)


@pytest.mark.parametrize(
    "write", [lambda path: f"./{path}", lambda path: path.replace("/", "\\"), lambda path: f".\\{path}"]
)
def test_paths_of_other_systems_name_the_same_parts_and_files(tmp_path: Path, write: Any) -> None:
    rows = [row | {"image_path": write(row["image_path"])} for row in (*ROWS, image("q", "d", 1, split="train"))]
    write_metadata(tmp_path, rows)
    (tmp_path / "images/test/test_1").mkdir(parents=True)
    (tmp_path / "images/test/test_1/a.webp").write_bytes(b"bytes")
    with irdb_sql.connect(tmp_path) as db:
        assert db.images(subset="1k")["part"].to_list() == [1] * 4
        assert db.images(subset="1k", split="test").select("image_id")["image_id"].to_list() == ["a", "b", "c"]
        assert db.image_files()["status"].to_list().count("ok") == 1
        assert db.pairs(subset="1k").height == 3
        assert db.query("odd_paths").height == 4


def test_images_of_train_without_a_part_are_in_8k_and_told_elsewhere(tmp_path: Path) -> None:
    rows = [image("p", name, rank, split="train") for name, rank in (("a", 1), ("b", 2))]
    write_metadata(tmp_path, [rows[0], rows[1] | {"image_path": "elsewhere/b.webp"}])
    with irdb_sql.connect(tmp_path) as db:
        assert db.images(subset="8k").height == 2
        with pytest.warns(NoPartWarning, match="in no subset but 8k: 1;"):
            assert db.images(subset="1k").height == 1
    with irdb_sql.connect(tmp_path) as db, pytest.warns(NoPartWarning):
        db.sql("FROM preference_pairs(in_subset := '2k')")
    with irdb_sql.connect(tmp_path) as db, pytest.warns(NoPartWarning):
        db.evaluate(["baselines"], subset="4k", missing="drop", resamples=5)
    for subset in ("'1' || 'k'", "concat(1, 'k')", "$n || 'k'"):
        with irdb_sql.connect(tmp_path) as db, pytest.warns(NoPartWarning):
            db.sql(f"FROM pair_counts(in_subset := {subset})", {"n": "1"} if "$" in subset else None)
    for subset in ("NULL", "'8k'", "$n"):
        with irdb_sql.connect(tmp_path) as db:
            db.sql(f"FROM pair_counts(in_subset :=  {subset} )", {"n": "8k"} if "$" in subset else None)


def test_a_statement_may_begin_with_a_comment(run_cli: RunCli) -> None:
    for text in ("-- how many\nSELECT 1 AS n", "--how many\nSELECT 1 AS n", "/* so */ SELECT 1 AS n"):
        assert run_cli("sql", text, "--format", "csv")[:2] == (0, "n\n1\n")
        assert run_cli("sql", "--format", "csv", text)[:2] == (0, "n\n1\n")
    assert run_cli("sql", "--how", "SELECT 1")[0] == 2


def test_decimals_in_maps_are_numbers(run_cli: RunCli, data: Path) -> None:
    text = "SELECT map{'a': sum(rank)} AS m, [map{1: 1.5}] AS l, {'x': map{'b': sum(rank)}} AS s FROM images"
    code, out, _ = run_cli("sql", text, "--data", data, "--format", "json")
    m, lists, s = [{"key": "a", "value": 6}], [[{"key": 1, "value": 1.5}]], {"x": [{"key": "b", "value": 6}]}
    assert (code, json.loads(out)) == (0, [{"m": m, "l": lists, "s": s}])


def test_an_audit_and_a_report_of_no_image_say_so(run_cli: RunCli, tmp_path: Path) -> None:
    rows = [image("p", name, rank, split="train") for name, rank in (("a", 1), ("b", 2))]
    for row in rows:
        row["image_path"] = row["image_path"].replace("train_1", "train_20")
    for command in ("audit", "report"):
        code, out, notes = run_cli(
            command, "--data", write_metadata(tmp_path, rows), "--subset", "1k", "--split", "train"
        )
        assert code == 0
        assert out
        assert "note: no image is selected, so that every count is 0" in notes


def test_decimals_in_lists_are_numbers(run_cli: RunCli) -> None:
    text = "SELECT [sum(1)] AS a, {'b': 1.50, 'c': [2.5]} AS s, [[3::HUGEINT]] AS d"
    assert run_cli("sql", text, "--format", "ndjson")[1] == '{"a":[1],"s":{"b":1.5,"c":[2.5]},"d":[[3]]}\n'
    assert run_cli("sql", text, "--format", "csv")[1] == 'a,s,d\n[1],"{""b"":1.5,""c"":[2.5]}",[[3]]\n'


@pytest.mark.skipif(sys.platform != "linux", reason="other systems start processes anew")
@pytest.mark.parametrize("is_packed", [True, False])
def test_pointers_of_git_lfs_are_no_images(data: Path, tmp_path: Path, *, is_packed: bool) -> None:
    pointer = LFS_POINTER + b"v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
    folder = data / "images" / "test" / "test_1"
    folder.mkdir(parents=True)
    if is_packed:
        with zipfile.ZipFile(f"{folder}.zip", "w") as archive:
            archive.writestr("a.webp", pointer)
    else:
        (folder / "a.webp").write_bytes(pointer)
    with irdb_sql.connect(data) as db:
        listed = db.image_files().filter(pl.col("image_path") == PATHS[0])
        read = db.image_files(verify=True).filter(pl.col("image_path") == PATHS[0])
        assert (listed["status"].item() == "ok") == is_packed
        assert read["status"].item() == "corrupt"
        assert "git lfs pull" in read["detail"].item()
        with pytest.raises(irdb_sql.IrdbError, match="git lfs pull"):
            db.export("rows", tmp_path / "out")
        with pytest.raises(irdb_sql.IrdbError, match="git lfs pull"):
            db.with_images(db.images().head(1))


@pytest.mark.parametrize("prefix", ["", "test_1/", "./test_1/", "a/b/", "test_1\\"])
def test_a_part_may_be_zipped_with_its_folder_beside_other_files(data: Path, prefix: str) -> None:
    (data / "images" / "test").mkdir(parents=True)
    with zipfile.ZipFile(data / "images" / "test" / "test_1.zip", "w") as archive:
        for other in ("test_1.json", "README.md", ".DS_Store", "__MACOSX/a.webp"):
            archive.writestr(other, "[]")
        for path in PATHS:
            info = zipfile.ZipInfo("x")
            info.filename = f"{prefix}{path.rpartition('/')[2]}"
            archive.writestr(info, path)
    with irdb_sql.connect(data) as db:
        assert db.with_images(db.images())["image"].to_list() == [path.encode() for path in PATHS]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"GIF89a" + bytes(9), "GIF"),
        (b"BM" + bytes(20), "BMP"),
        (b"\0\0\0\x20ftypavif" + bytes(9), "AVIF"),
        (b"II*\0" + bytes(9), "TIFF"),
        (b"II+\0" + bytes(9), "TIFF"),
        (b"\0\0\0\x18ftypheix" + bytes(9), "HEIC"),
        (b"\0\0\0\x18ftypavis" + bytes(9), "AVIF"),
        (b"\0\0\0\x0cJXL \r\n" + bytes(9), "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n" + bytes(9), "JPEG 2000"),
        (b"\0\0\1\0" + bytes(20), "ICO"),
        (b"<?xml version='1.0'?><svg>", "SVG"),
    ],
)
def test_images_of_other_kinds_are_called_by_their_names(content: bytes, kind: str) -> None:
    with pytest.raises(DecodeError, match=f"an image of the kind {kind}; only WebP, PNG and JPEG are read") as caught:
        irdb_sql.decode([content])
    assert "convert such images" in caught.value.hint


def test_a_web_page_in_the_place_of_an_image_is_called_one() -> None:
    with pytest.raises(DecodeError, match="^image 0 of the batch is a web page; only WebP, PNG and JPEG are read"):
        irdb_sql.decode([b"<!DOCTYPE html><title>404"])


@pytest.mark.parametrize("separator", [";", "|", "\t"])
def test_another_separator_is_told(data: Path, tmp_path: Path, separator: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("\n".join(separator.join(row) for row in [("image", "score"), *((path, "1") for path in PATHS)]))
    with pytest.raises(ScoreFileError, match="its columns are separated by"):
        accuracy(data, path)
    if separator == "\t":
        assert accuracy(data, path.rename(tmp_path / "scores.tsv")) == 0


@pytest.mark.parametrize("ends", [("\n", "\r"), ("\r", "\n"), ("\r\n", "\r"), ("\n", "\r\n")])
def test_csv_with_several_ends_of_lines_is_read(data: Path, tmp_path: Path, ends: tuple[str, str]) -> None:
    rows = [f"{path},{score}" for path, score in zip(PATHS, (3, 2, 1), strict=True)]
    (tmp_path / "scores.csv").write_bytes(f"image,mine{ends[0]}{ends[1].join(rows)}{ends[1]}".encode())
    assert accuracy(data, tmp_path / "scores.csv") == 1


FORKED_CALLS = (
    "db.with_images(frame)", "db.plot(frame, 'bar')", "db.audit()", "db.source", "irdb_sql.write_parquet(lazy, 'x')",
    "irdb_sql.render(db)", "db.sql('SELECT 1')", "db.columns('images')", "lazy.collect()", "lazy.head(1).collect()",
    "lazy.sink_parquet('x')", "lazy.collect_batches()", "lazy.collect(background=True)",
)  # fmt: skip


def test_every_call_of_a_forked_process_says_so_at_once(data: Path) -> None:
    code = (
        f"import os, irdb_sql\ndb = irdb_sql.connect({str(data)!r})\nframe, lazy = db.images(), db.pairs(lazy=True)\n"
    )
    for call in FORKED_CALLS:
        code += (
            f"if os.fork() == 0:\n    try: {call}\n    except irdb_sql.errors.ForkError: print({call!r}, flush=True)\n"
            "    db.close()\n    os._exit(0)\nassert os.wait()[1] == 0\n"
        )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == [*FORKED_CALLS]


def test_a_forked_process_is_told_and_does_not_wait(data: Path) -> None:
    script = f"""
import multiprocessing, irdb_sql, warnings
warnings.simplefilter("ignore")
db = irdb_sql.connect({str(data)!r})
db.pairs()
def work(ask, queue):
    try:
        ask()
        queue.put("answered")
    except irdb_sql.IrdbError as error:
        queue.put(type(error).__name__)
context = multiprocessing.get_context("fork")
for ask in (db.pairs, lambda: irdb_sql.connect({str(data)!r}), lambda: db.sql("SELECT 1")):
    queue = context.Queue()
    child = context.Process(target=work, args=(ask, queue))
    child.start()
    print(queue.get(timeout=30))
    child.join(30)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=110)
    assert done.stdout.split() == [ForkError.__name__] * 3, done.stderr


@pytest.mark.parametrize(
    "column", [[[path] for path in PATHS], [{"path": path} for path in PATHS], [b"\xff", b"\xfe", b"\xfd"]]
)
def test_image_paths_that_are_no_texts_are_refused(data: Path, column: list[Any]) -> None:
    with pytest.raises(ScoreColumnError, match="has no texts in the column 'image'"):
        accuracy(data, pl.DataFrame({"image": column, "m": [3, 2, 1]}))


@pytest.mark.parametrize("number", [Decimal, Fraction, np.float16, np.int8])
def test_numbers_of_any_kind_are_scores(data: Path, number: Callable[[int], Any]) -> None:
    assert accuracy(data, {path: number(score) for path, score in zip(PATHS, (3, 2, 1), strict=True)}) == 1


@pytest.mark.parametrize("name", ["a\0b.csv", "a" * 5000 + ".csv"])
def test_names_that_no_file_can_have_are_told_wherever_a_file_is_named(data: Path, name: str) -> None:
    calls: tuple[Callable[[], object], ...] = (
        lambda: irdb_sql.connect(name),
        lambda: irdb_sql.connect(data, images_root=name),
        lambda: irdb_sql.connect(data, images=name),
        lambda: accuracy(data, name),
    )
    for call in calls:
        with pytest.raises(irdb_sql.IrdbError):
            call()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["IMAGES.sql"], "IMAGES is a name of irdb_sql, which SQL takes for images"),
        (["Rank_Gaps.sql"], "Rank_Gaps is a name of irdb_sql, which SQL takes for rank_gaps"),
        (["Mine.sql", "mine.sql"], "two files define Mine and mine, one name in SQL"),
    ],
)
def test_own_files_whose_names_fold_are_refused(tmp_path: Path, names: list[str], words: str) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1 AS x")
    with pytest.raises(IrdbError) as raised:
        irdb_sql.connect(queries=tmp_path)
    assert words in raised.value.sentence


def test_registered_tables_whose_names_fold_are_refused(data: Path) -> None:
    frame = pl.DataFrame({"a": [1]})
    with irdb_sql.connect(data) as db:
        db.register("mine", frame)
        with pytest.raises(IrdbError, match="'MINE' is in SQL the name of the registered table 'mine'"):
            db.register("MINE", frame)
        db.register("mine", pl.DataFrame({"a": [2]}))
        assert db.sql("FROM mine").item() == 2
        db.unregister("mine")
        db.register("MINE", frame)


def test_a_macro_of_ones_own_may_stand_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "top.SQL").write_text("CREATE OR REPLACE MACRO top(k) AS TABLE SELECT k AS x")
    with irdb_sql.connect(queries=tmp_path) as db:
        assert db.sql("FROM top(3)").item() == 3


@pytest.mark.parametrize("column", ["size", "crc", "draw", "part", "images", "strict_pairs", "level_0", "Unnamed: 0"])
def test_columns_of_ours_are_no_scorers(data: Path, column: str) -> None:
    table = pl.DataFrame({"image_path": PATHS, "m": [3.0, 2.0, 1.0], column: [1.0, 2.0, 3.0]})
    with irdb_sql.connect(data) as db:
        assert set(db.evaluate(table, missing="drop", resamples=1)["scorer"]) == {"m"}


@pytest.mark.parametrize(
    "ask", ["pairs", "images", "groups", "prompts", "rating_stats", "pair_counts", "evaluate", "leaderboard"]
)
def test_a_split_without_a_file_is_told(data: Path, ask: str) -> None:
    (data / "metadata-train.parquet").unlink()
    with irdb_sql.connect(data) as db, pytest.warns(AbsentSplitWarning, match="the data has no file of train"):
        assert getattr(db, ask)(split="train").is_empty()


def test_a_ranking_file_that_is_not_there_is_told_although_none_is_needed(data: Path) -> None:
    with irdb_sql.connect(data) as db:
        with pytest.raises(IrdbError, match="no file or folder is called 'nofile'"):
            db.evaluate(ranking_file="nofile")
        with pytest.raises(TypeError, match="ranking_file cannot be '3'"):
            db.evaluate(ranking_file=3)  # type: ignore[arg-type]  # which is the fault


@pytest.mark.parametrize(("option", "value", "words"), [
    ("keep_ties", "maybe", "keep_ties cannot be 'maybe'"), ("keep_ties", 2, "keep_ties cannot be '2'"),
    ("split", "tset", "unknown split 'tset'"),
])  # fmt: skip
def test_a_wrong_value_is_told_without_our_sql(data: Path, option: str, value: Any, words: str) -> None:
    with irdb_sql.connect(data) as db:
        for lazy in (True, False):
            with pytest.raises(IrdbError) as raised:
                db.pairs(**{option: value}, lazy=lazy)
            assert words in str(raised.value)
            assert "LINE" not in str(raised.value)
        with pytest.raises(IrdbError, match="limit cannot be '-1'"):
            db.query("widest_gaps", limit=-1)
        assert db.sql("SELECT $a AS a", a=np.array([1, 2])).item().to_list() == [1, 2]


@pytest.mark.parametrize(("text", "params", "words"), [
    ("SELECT 1", {"a": 3}, "the statement has no parameter $a"), ("SELECT ?", {"a": 3}, "write $name instead of ?"),
    ("SELECT $split", {"splt": "test"}, "did you mean 'split'?"), ("SELECT $a, 1", {"a": 1, "b": 2}, "its parameters are $a."),
])  # fmt: skip
def test_a_parameter_without_a_place_is_named(data: Path, text: str, params: dict[str, object], words: str) -> None:
    with irdb_sql.connect(data) as db, pytest.raises(IrdbError) as raised:
        db.sql(text, params)
    assert words in str(raised.value)


def test_a_mark_is_of_the_statement_that_was_typed(data: Path) -> None:
    with irdb_sql.connect(data) as db:
        for text in ("SELECT 1/0 AS x, CAST('a' AS INT)", "SELECT 1,\n CAST('a' AS INT)"):
            with pytest.raises(IrdbError) as raised:
                db.sql(text)
            mark = re.search(r"LINE (\d+): ([^\n]*)", str(raised.value))
            assert mark is None or mark[2].strip() in text.splitlines()[int(mark[1]) - 1]


def test_a_database_cannot_be_pickled(data: Path) -> None:
    with irdb_sql.connect(data) as db, pytest.raises(IrdbError, match="a database cannot be pickled"):
        pickle.dumps(db)


@pytest.mark.parametrize(("name", "content", "words"), [
    ("a.ndjson", '[{"image": "a", "m": 1}]', "it is one list; call it .json"), ("a.json", "[]", "it has no object"),
    ("a.csv", 'image,m\n"a,1\n', "a quote is not closed"), ("a.parquet", "image,m\na,1\n", "it is text"),
])  # fmt: skip
def test_files_of_scores_say_what_they_are(data: Path, tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    with irdb_sql.connect(data) as db, pytest.raises(IrdbError) as raised:
        db.evaluate(tmp_path / name)
    assert words in raised.value.sentence


@pytest.mark.parametrize(("images", "words"), [
    ("OK", "no file of irdb verify is called 'OK'"), (".", "it is a folder; images is ok or a file of `irdb verify`"),
])  # fmt: skip
def test_a_verification_that_is_none_is_told_with_what_to_pass(data: Path, images: str, words: str) -> None:
    with pytest.raises(IrdbError) as raised:
        irdb_sql.connect(data, images=images)
    assert words in raised.value.sentence
    with pytest.raises(IrdbError, match="it has no column 'status'"):
        irdb_sql.connect(data, images=next(data.glob("*.parquet")))


def test_a_human_ranking_of_none_is_refused(data: Path) -> None:
    table = pl.DataFrame({"generator": ["a", "b"], "prompt_id": ["p", "p"], "score": [3, 1]})
    with irdb_sql.connect(data) as db, pytest.raises(IrdbError, match="names no generator"):
        db.human_agreement(table, [])

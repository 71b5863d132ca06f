"""What is wrong with a file of a layout is said in a sentence that names the file, its row and its field."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import irdb_sql
from irdb_sql.errors import IrdbError, quoted
from irdb_sql.sources.kinds.errors import IgnoredFieldsWarning, NoRowsWarning
from irdb_sql.sources.kinds.registry import kind_of

pytestmark = pytest.mark.filterwarnings("ignore::irdb_sql.sources.kinds.errors.VotelessRowsWarning")

ROWS: dict[str, dict[str, Any]] = {
    "hpdv2": {"prompt": "p", "file_path": ["a", "b"], "human_preference": [1, 0], "user_hash": "u"},
    "hpdv3": {
        "prompt": "p", "path1": "a", "path2": "b", "model1": "m", "model2": "n", "choice_dist": [3, 1], "confidence": 0.9,
    },
    "mmrb2": {
        "id": "1", "prompt_content": [["text", "p"]], "chosen": "a", "human_annotations": [6, 5, 1],
        "response_a": {"model_name": "m", "response_content": [["image", "a"]]},
        "response_b": {"model_name": "n", "response_content": [["image", "b"]]},
    },
    "pairs": {"prompt": "p", "first": "a", "second": "b", "label": "first", "annotator": "u"},
    "pickapic": {
        "caption": "p", "image_0_uid": "a", "image_1_uid": "b", "label_0": 1.0, "label_1": 0.0, "has_label": True,
        "user_id": 5, "model_0": "m", "model_1": "n",
    },
    "rapidata": {
        "prompt": "p", "image1_path": "a", "image2_path": "b", "votes_image1": 3, "votes_image2": 1, "model1": "m",
        "model2": "n",
    },
    "ranking": {
        "prompt": "p", "image_path": ["a", "b", "c"], "rank": [1, 2.5, 2.5],
        "raw_annotations": [{"rank": [1, 2, 3], "user_hash": "u"}],
    },
}  # fmt: skip
ROWS["weighted"] = ROWS["pairs"] | {"weight": "0.5"}
"""A valid row of each layout; `ranking` is one of the layout hpdv2, and `weighted` one of pairs."""
TITLES = {
    "hpdv2": "file of HPDv2", "hpdv3": "file of HPDv3", "mmrb2": "file of MMRB2", "pairs": "table of labelled pairs",
    "pickapic": "file of Pick-a-Pic", "rapidata": "file of Rapidata",
}  # fmt: skip
FORMATS = {
    "hpdv2": "json",
    "hpdv3": "json",
    "mmrb2": "json",
    "pairs": "csv",
    "pickapic": "parquet",
    "rapidata": "parquet",
}


def layout_of(kind: str) -> str:
    return {"ranking": "hpdv2", "weighted": "pairs"}.get(kind, kind)


def write_rows(path: Path, kind: str, rows: list[dict[str, Any]]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    form = FORMATS[layout_of(kind)]
    path = path / f"odd's [1]*.{form}"
    if form == "json":
        path.write_text(json.dumps({"pairs": rows} if kind == "mmrb2" else rows))
    elif form == "csv":
        path.write_text(
            "\n".join(
                ",".join(str(row[name]) for name in names) for row in [dict(zip(names, names, strict=True)), *rows]
            )
        )
    else:
        pq.write_table(pa.table({name: [row[name] for row in rows] for name in names}), path)
    return path


def sentence(path: Path, layout: str | None = None) -> str:
    """Return the first sentence of the error of a file, without its path."""
    with pytest.raises(IrdbError) as raised:
        irdb_sql.connect(path, layout=layout)
    text = str(raised.value)
    assert f"'{path}'" in text or repr(str(path)) in text
    assert "\n\nHint: " in text
    return raised.value.sentence.replace(repr(str(path)), "FILE")


@pytest.mark.parametrize("layout", FORMATS)
def test_each_field_that_is_needed_is_missed_by_its_name(layout: str, tmp_path: Path) -> None:
    optional = {"user_hash", "model1", "model2", "choice_dist", "confidence", "id", "prompt_content", "chosen", "annotator",
                "human_annotations", "has_label", "user_id", "model_0", "model_1"}  # fmt: skip
    for name in ROWS[layout]:
        path = write_rows(tmp_path, layout, [{key: value for key, value in ROWS[layout].items() if key != name}])
        if name in optional:
            with irdb_sql.connect(path, layout=layout) as db:
                assert db.sql("SELECT count(*) FROM images").item() == 2
            continue
        message = sentence(path, layout)
        if layout == "pairs":
            what = {"prompt": "the prompt", "first": "the first image", "second": "the second image"}
            assert message.startswith(
                f"FILE has no column of {what.get(name, 'labels, and no two of numbers of votes')}"
            )
        elif layout == "mmrb2":
            assert message == f"pair 1 of FILE: {name}: it names no image"
        else:
            word = "field" if FORMATS[layout] == "json" else "column"
            assert message == f"FILE has no {word} {name!r}"


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("hpdv2", {"file_path": ["a", "a"]}, "object 2 of FILE: file_path or image_path: a is both images of the pair"),
        ("hpdv2", {"file_path": ["a"]}, "object 2 of FILE: file_path: an object with human_preference has two paths"),
        ("hpdv2", {"file_path": ["a", ""]}, "object 2 of FILE: file_path or image_path: it names no image"),
        ("hpdv2", {"human_preference": [1, 1]}, "object 2 of FILE: human_preference: it is 1 for the preferred image, and 0 for the other one"),
        ("hpdv2", {"prompt": None}, "object 2 of FILE: prompt: it holds no text"),
        ("ranking", {"rank": [1, 2]}, "object 2 of FILE: rank: it has not one number for each path"),
        ("ranking", {"rank": ["x", 1, 2]}, "object 2 of FILE: rank: it has not one number for each path"),
        ("ranking", {"image_path": ["a", "a", "b"]}, "object 2 of FILE: image_path: it names an image twice"),
        ("ranking", {"raw_annotations": [{"rank": [1, 2], "user_hash": "u"}]}, "object 2 of FILE: raw_annotations: an annotator's rank has not one number for each path"),
        ("hpdv3", {"path2": "a"}, "object 2 of FILE: path2: a is both images of the pair"),
        ("hpdv3", {"path1": ["a"]}, "object 2 of FILE: path1: it names no image"),
        ("hpdv3", {"prompt": {"text": "p"}}, "object 2 of FILE: prompt: it holds no text"),
        ("hpdv3", {"choice_dist": [1]}, "object 2 of FILE: choice_dist: [1] is no list of two numbers of votes"),
        ("hpdv3", {"choice_dist": [10**19, 1]}, "object 2 of FILE: choice_dist: [10000000000000000000,1] is no list of two numbers of votes"),
        ("hpdv3", {"confidence": "high"}, 'object 2 of FILE: confidence: "high" is no number'),
        ("mmrb2", {"human_annotations": [7]}, "pair 2 of FILE: human_annotations: 7 is no whole number from 1 to 6"),
        ("mmrb2", {"response_a": ROWS["mmrb2"]["response_b"]}, "pair 2 of FILE: response_b: b is both images of the pair"),
        ("mmrb2", {"response_b": {"response_content": [["text", "b"]]}}, "pair 2 of FILE: response_b: it names no image"),
        ("pairs", {"label": "both bad"}, "row 2 of FILE: label: both bad is no label: first, second or tie; A, B or same; 1, 0 or 0.5; or the path of the better image"),
        ("weighted", {"weight": "1e-12"}, "row 2 of FILE: weight: 1e-12 is no weight: 0, or a number from 0.000000001 to 100,000,000"),
        ("weighted", {"weight": "nan"}, "row 2 of FILE: weight: nan is no weight: 0, or a number from 0.000000001 to 100,000,000"),
        ("pairs", {"second": "a"}, "row 2 of FILE: second: a is both images of the pair"),
        ("pairs", {"prompt": ""}, "row 2 of FILE: prompt: it holds no text"),
        ("pickapic", {"label_0": 0.7}, "row 2 of FILE: label_0: labels are 0.7 and 0.0, not 1 and 0, 0 and 1, or 0.5 and 0.5"),
        ("pickapic", {"label_1": None}, "row 2 of FILE: label_0: labels are 1.0 and missing, not 1 and 0, 0 and 1, or 0.5 and 0.5"),
        ("pickapic", {"image_1_uid": "a"}, "row 2 of FILE: image_1_uid: a is both images of the pair"),
        ("pickapic", {"caption": None}, "row 2 of FILE: caption: it holds no text"),
        ("rapidata", {"votes_image1": -1}, "row 2 of FILE: votes_image1: -1 is no number of votes"),
        ("rapidata", {"votes_image2": 2**63 - 1}, "row 2 of FILE: votes_image2: 9223372036854775807 is no number of votes"),
        ("rapidata", {"image1_path": ""}, "row 2 of FILE: image1_path: it names no image"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_row_and_field(
    kind: str, change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = write_rows(tmp_path, kind, [ROWS[kind], ROWS[kind] | change])
    assert sentence(path) == message


@pytest.mark.parametrize(
    ("layout", "name", "values", "message"),
    [
        ("pickapic", "image_0_uid", [b"a"], "column 'image_0_uid' of FILE has the type BLOB, not text or a number"),
        ("pickapic", "caption", [["p"]], "column 'caption' of FILE has the type VARCHAR[], not text or a number"),
        ("pickapic", "Caption", ["q"], "FILE has columns 'caption' and 'Caption', which SQL takes for one"),
        ("rapidata", "votes_image1", [[1]], "column 'votes_image1' of FILE has the type BIGINT[], not text or a number"),
        ("rapidata", "votes_image1", [float("nan")], "row 1 of FILE: votes_image1: nan is no number of votes"),
        ("pairs", "first", [["a"]], "column 'first' of FILE has the type VARCHAR[], not text or a number"),
        ("pairs", "PROMPT", ["q"], "FILE has columns 'prompt' and 'PROMPT', which SQL takes for one"),
        ("pairs", "irdb_row", ["q"], "FILE has a column 'irdb_row', a name that the engine reserves for row numbers"),
    ],
)  # fmt: skip
def test_a_column_of_a_wrong_type_or_name_is_told(
    layout: str, name: str, values: list[Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "test.parquet"
    pq.write_table(pa.table({key: [value] for key, value in ROWS[layout].items()} | {name: values}), path)
    assert sentence(path, layout) == message


@pytest.mark.parametrize("layout", FORMATS)
def test_a_file_that_is_something_else_is_told(layout: str, tmp_path: Path) -> None:
    path = tmp_path / f"test.{FORMATS[layout]}"
    title = TITLES[layout]
    path.write_bytes(b"")
    assert sentence(path, layout) == f"FILE is no {title}: it is empty"
    path.write_bytes(b"<!doctype html><html>")
    assert (
        sentence(path, layout)
        == f"FILE is no {title}: it is an HTML page, as a server sends instead of a file that it refuses"
    )
    wrong = tmp_path / "test.txt"
    wrong.write_text("prompt")
    assert sentence(wrong, layout) == f"FILE cannot be read as the layout {layout}: its name ends in '.txt'"
    if FORMATS[layout] != "parquet":
        path.write_bytes("prompt,first,second,label\n".encode("utf-16"))
        assert sentence(path, layout) == f"FILE is no {title}, or is damaged: its text is in UTF-16; write it in UTF-8"
    if FORMATS[layout] == "json":
        path.write_bytes(b"\xef\xbb\xbf[]")
        assert "it begins with a byte order mark (BOM), which is no JSON" in sentence(path, layout)
        for text in ("[1]", "{}"):
            path.write_text(text)
            assert sentence(path, layout) == f"FILE is no {title}, or is damaged: it holds no object with fields"
        path.write_text(json.dumps([ROWS[layout]])[:-9])
        assert sentence(path, layout) == f"FILE is no {title}, or is damaged: a quote is not closed"


HEADER = "prompt,first,second,label\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p,a,b,first\np,a\n", "line 3 has 2 values, and the first one 4"),
        ("p,a,b,first\np,a,b,first,9\n", "line 3 has 5 values, and the first one 4"),
        ('p,a,b,first\n"p,a,b,first\n', "a quote in line 3 is not closed"),
        ("p,a,b,first\ncaf\xe9,a,b,first\n", "line 3 is not in UTF-8"),
    ],
)
def test_a_broken_line_of_a_csv_file_is_told(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes((HEADER + text).encode("latin1"))
    assert sentence(path) == f"FILE is no table of labelled pairs, or is damaged: {message}"


def votes_of(path: Path, layout: str | None = None) -> list[tuple[Any, ...]]:
    with irdb_sql.connect(path, layout=layout) as db:
        return db.sql(
            "SELECT first_path, second_path, first_votes, second_votes, tied_votes FROM votes ORDER BY vote_index"
        ).rows()


def as_json(row: dict[str, Any]) -> bytes:
    return json.dumps([row]).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("crlf.csv", (HEADER + "p,a,b,first\n").replace("\n", "\r\n").encode()),
        ("cr.csv", (HEADER + "p,a,b,first\n").replace("\n", "\r").encode()),
        ("bom.csv", b"\xef\xbb\xbf" + (HEADER + "p,a,b,first\n").encode()),
        ("semicolons.csv", (HEADER + '"p, or ""q""",a,b,first\n').replace(",", ";").encode()),
        ("tabs.csv", (HEADER + "p,a,b,first\n").replace(",", "\t").encode()),
        ("tabs.tsv", (HEADER + "p,a,b,first\n").replace(",", "\t").encode()),
        ("lines.csv", (HEADER + '"p\nq",a,b,first\n\n').encode()),
        ("label.csv", (HEADER + "p,a,b, FIRST \n").encode()),
        ("number.csv", (HEADER + "p,a,b,1.0\n").encode()),
        ("path.csv", (HEADER + "p,a,b,a\n").encode()),
        ("capitals.csv", b"Prompt, First ,SECOND,Label\np,a,b,A\n"),
        ("names.csv", b"numbered,texts,prompt,first,second,label\n1,2,p,a,b,first\n"),
        ("better.csv", b"caption,chosen,rejected\np,a,b\n"),
        ("counts.csv", b"prompt,first,second,first_votes,second_votes\np,a,b,1,0\n"),
        ("list.json", as_json(ROWS["pairs"])),
        ("lines.ndjson", json.dumps(ROWS["pairs"]).encode() + b"\n"),
        ("mixed.json", as_json(ROWS["pairs"] | {"label": 1})),
        ("hpdv3.jsonl", json.dumps(ROWS["hpdv3"] | {"choice_dist": None}).encode() + b"\n"),
    ],
)  # fmt: skip
def test_other_ways_to_write_a_vote_are_read_alike(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IgnoredFieldsWarning)
        assert votes_of(tmp_path / name) == [("a", "b", 1, 0, 0)]


def test_texts_of_json_stay_as_they_are(tmp_path: Path) -> None:
    uuid = "F0A0D0D7-4E98-4FCB-80AD-4F6C7A472CF5"
    path = tmp_path / "mine.json"
    path.write_bytes(as_json({"prompt": "2024-01-01", "first": uuid, "second": "2024-1-2", "label": "tie"}))
    assert votes_of(path) == [(uuid, "2024-1-2", 0, 0, 1)]


@pytest.mark.parametrize(
    ("change", "votes"),
    [
        ({"label_0": pa.array([1.0]).cast(pa.decimal128(4, 1)), "caption": pa.array(["p"]).dictionary_encode()}, 1),
        ({"label_0": ["1"], "label_1": ["0"], "image_0_uid": [7], "caption": pa.array(["p"], pa.large_string())}, 1),
        ({"has_label": [None], "source_row": [3], "first_share": [0]}, 1),
        ({"has_label": [False], "label_0": [None]}, 0),
    ],
)  # fmt: skip
def test_columns_of_pickapic_may_have_other_types(change: dict[str, Any], votes: int, tmp_path: Path) -> None:
    table = pa.table({name: [value] for name, value in ROWS["pickapic"].items()} | change)
    pq.write_table(table, tmp_path / "test.parquet")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IgnoredFieldsWarning)
        assert [row[2:] for row in votes_of(tmp_path / "test.parquet")] == [(1, 0, 0)] * votes


@pytest.mark.parametrize("layout", FORMATS)
def test_a_file_without_rows_has_no_votes_and_is_told(layout: str, tmp_path: Path) -> None:
    path = write_rows(tmp_path, layout, [ROWS[layout]])
    if FORMATS[layout] == "parquet":
        pq.write_table(pq.read_table(path).slice(0, 0), path)
    else:
        path.write_text({"json": "[]", "csv": HEADER}[FORMATS[layout]] if layout != "mmrb2" else '{"pairs": []}')
    told = f"^there is no row to read in {re.escape(quoted(path.name))}, so that every answer is empty$"
    with pytest.warns(NoRowsWarning, match=told):
        opened = irdb_sql.connect(path, layout=layout)
    with opened as db:
        assert db.query("totals").select("prompts", "images", "pairs").row(0) == (0, 0, 0)
        assert db.query("votes").height == db.query("vote_pairs").height == 0


@pytest.mark.parametrize("layout", FORMATS)
def test_fields_that_no_layout_knows_are_told_once(layout: str, tmp_path: Path) -> None:
    row = ROWS[layout] | {"colour": "red"}
    path = write_rows(tmp_path, layout, [row, row])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        irdb_sql.connect(path, layout=layout).close()
    told = [str(warning.message) for warning in caught]
    if layout == "mmrb2":  # whose pairs hold much that is about their prompts
        assert told == []
    else:
        assert told == [f"{str(path)!r} has fields that are not read as the layout {layout}: 'colour'"]


@pytest.mark.parametrize(
    ("name", "write", "layout"),
    [
        ("a.json", lambda path: path.write_bytes(as_json(ROWS["hpdv3"])), "hpdv3"),
        ("b.json", lambda path: path.write_bytes(as_json(ROWS["ranking"])), "hpdv2"),
        ("c.json", lambda path: path.write_text(json.dumps({"pairs": [ROWS["mmrb2"]]})), "mmrb2"),
        ("d.json", lambda path: path.write_bytes(as_json(ROWS["pairs"])), "pairs"),
        ("e.json", lambda path: path.write_text('[{"id": "1", "prompt": "p", "generations": [], "ranking": []}]'), "ranking"),
        ("f.json", lambda path: path.write_text('[{"x": 1}]'), "ranking"),
        ("path1.csv", lambda path: path.write_text("prompt,path1,path2,label\np,a,b,1\n"), "pairs"),
        ("g.parquet", lambda path: pq.write_table(pa.table({"image_path": ["a"], "prompt": ["p"], "rank": [1]}), path), "imagerewarddb"),
        ("h.parquet", lambda path: pq.write_table(pa.table({key: [value] for key, value in ROWS["pickapic"].items()}), path), "pickapic"),
        ("i.parquet", lambda path: pq.write_table(pa.table({key: [value] for key, value in ROWS["pairs"].items()}), path), "pairs"),
    ],
)  # fmt: skip
def test_a_layout_is_found_by_the_names_of_fields(
    name: str, write: Callable[[Path], object], layout: str, tmp_path: Path
) -> None:
    write(tmp_path / name)
    assert kind_of(tmp_path / name).layout == layout

"""The catalog reads any signature and any case of SQL, and says which file is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from irdb_sql.core.catalog import SqlCatalog, parse, read
from irdb_sql.core.signatures import Parameter, parameters, statement
from irdb_sql.errors import SqlFileError

HEADER = "-- name: m\n-- A macro.\n-- param cap: a number\n-- param in_split: a split\n-- returns: a\n"
QUERY = "-- query: q\n-- question: Which?\n-- order: a\n"


def catalog(folder: Path, **files: str) -> SqlCatalog:
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text)
    return read(folder)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("", []),
        ("a", [Parameter("a", None, None)]),
        ("cap DECIMAL(4, 2) := 5", [Parameter("cap", "DECIMAL(4, 2)", "5")]),
        (
            "\n    cap DECIMAL(4, 2) := 5,\n    in_split VARCHAR := NULL\n",
            [Parameter("cap", "DECIMAL(4, 2)", "5"), Parameter("in_split", "VARCHAR", "NULL")],
        ),
        ("a VARCHAR := '),(''x', b := list_value(1, 2)", [
            Parameter("a", "VARCHAR", "'),(''x'"), Parameter("b", None, "list_value(1, 2)"),
        ]),
        ("a STRUCT(x INTEGER, y DECIMAL(3, 1))", [Parameter("a", "STRUCT(x INTEGER, y DECIMAL(3, 1))", None)]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("create", ["CREATE OR REPLACE MACRO", "create or replace macro"])
def test_a_signature_is_read_whole(declared: str, expected: list[Parameter], create: str) -> None:
    file = parse(f"{HEADER}{create} m({declared}) AS TABLE\n    SELECT 1 AS a\n")
    assert file.kind == "macro"
    assert parameters(file) == expected
    assert statement(file) == "    SELECT 1 AS a\n"


def test_a_query_of_a_macro_has_all_its_parameters_with_their_defaults(tmp_path: Path) -> None:
    text = f"{HEADER}{QUERY}CREATE OR REPLACE MACRO m(cap DECIMAL(4, 2) := 5, in_split VARCHAR := NULL) AS TABLE\nSELECT 1 AS a"
    query = catalog(tmp_path, m=text).queries["q"]
    assert list(query.params) == ["cap", "split"]
    assert query.text.splitlines()[-3:] == [
        "SELECT *",
        "FROM m(coalesce($cap::DECIMAL(4, 2), 5), $split::VARCHAR)",
        "ORDER BY a",
    ]


WRONG = {
    "SELECT 1 AS a": "its header lacks 'name'",
    "-- name: x\nSELECT 1 AS a": "its header lacks 'a summary'",
    "-- name: x\n-- A view.\n-- query: q\nCREATE OR REPLACE VIEW x AS\nSELECT 1 AS a": "its header lacks 'question'",
    f"{HEADER}{QUERY}-- parameters: none\nCREATE OR REPLACE MACRO m(cap := 1) AS TABLE\nSELECT 1 AS a": "its header lacks 'none'",
    f"{HEADER}{QUERY}CREATE OR REPLACE MACRO m(cap := (1 AS TABLE\nSELECT 1 AS a": "the parameters of m are not closed",
    f"{HEADER}{QUERY}CREATE OR REPLACE MACRO m(cap := 1) SELECT 1 AS a": "m lacks AS, followed by a new line",
}


@pytest.mark.parametrize(("text", "fault"), WRONG.items())
def test_a_wrong_file_is_named_with_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(SqlFileError) as caught:
        catalog(tmp_path, wrong=text)
    assert caught.value.sentence == f"'{tmp_path / 'wrong.sql'}': {fault}"


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    one = "-- name: x\n-- Which?\n-- returns: a\nSELECT 1 AS a"
    view = "-- name: y\n-- A view.\n-- returns: a\n-- query: x\n-- question: Which?\n-- order: a\nCREATE OR REPLACE VIEW y AS\nSELECT 1 AS a"
    with pytest.raises(SqlFileError, match="two files define the query x"):
        catalog(tmp_path, one=one, two=view)

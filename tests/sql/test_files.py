"""Each file of `queries/`, found by globbing: its header tells the truth, and its SQL is what other engines have too."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
import sqlglot
from conftest import CHECKOUT, image
from sqlglot import exp

from irdb_sql.core import catalog
from irdb_sql.core.catalog import SqlFile
from irdb_sql.core.schema import PUBLISHED

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

PATHS = sorted((CHECKOUT / "queries").rglob("*.sql"))
FILES = catalog.load()


def body(file: SqlFile) -> str:
    """The statement that a file runs, without the DuckDB words that name it."""
    if file.kind == "query":
        return file.text
    for mark in (" AS TABLE\n", " AS\n"):
        if mark in file.text:
            text = file.text.split(mark, 1)[1]
            return text if file.is_table else f"SELECT {text}"
    raise AssertionError(file.name)


def parsed(file: SqlFile) -> exp.Expr:
    """The syntax tree of the statement, which all tests of a file share."""
    return _parsed_text(body(file))


@functools.cache
def _parsed_text(text: str) -> exp.Expr:
    (tree,) = sqlglot.parse(text, dialect="duckdb")
    assert tree is not None
    return tree


every_file = pytest.mark.parametrize("file", FILES.all(), ids=lambda file: f"{file.kind}/{file.name}")
COLUMNS = {column for file in FILES.all() for column in file.returns}
FILE_READERS = {
    "unverified_images",
    "parquet_file",
    "parquet_file_checks",
    "parquet_statistics_faults",
    "ranking_file",
    "ranking_file_faults",
    "ranking_objects",
}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The files as anyone can run them: plain DuckDB, a base view of one's own, and nothing of irdb_sql."""
    connection = duckdb.connect()
    rows = [image("p", "a", 1, 6, 6, 6), image("p", "b", 2, 5, 5, None), image("p", "c", 2, 4, 6, 1)]
    columns = ", ".join(PUBLISHED)
    connection.execute(
        "CREATE TABLE my_images (image_path VARCHAR, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, "
        "image_amount_in_total INT, rank INT, overall_rating INT, image_text_alignment_rating INT, fidelity_rating INT)"
    )
    connection.executemany(
        f"INSERT INTO my_images ({columns}) VALUES ({', '.join('?' * len(PUBLISHED))})",  # noqa: S608 - names of ours
        [[row[name] for name in PUBLISHED] for row in rows],
    )
    waiting = {path.stem: text for path in PATHS if "\nCREATE OR REPLACE " in (text := path.read_text())}
    while waiting:  # in whatever order works: nothing here knows the headers
        done = set()
        for name, text in waiting.items():
            try:
                connection.execute(text)
            except duckdb.CatalogException:
                continue
            done.add(name)
        assert done, f"these never load: {sorted(waiting)}"
        waiting = {name: text for name, text in waiting.items() if name not in done}
    metadata = tmp_path_factory.mktemp("bare") / "metadata.parquet"
    connection.execute(f"COPY my_images TO '{metadata}'")
    connection.execute(f"CREATE OR REPLACE VIEW metadata AS FROM parquet_file('{metadata}', 'test')")
    return connection


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_header_names_the_file_and_no_other_of_its_kind_has_the_name(path: Path) -> None:
    text = path.read_text()
    assert [file.text for file in FILES.find(path.stem)].count(text) == 1


@every_file
def test_the_summary_is_a_sentence_and_a_query_s_is_a_question(file: SqlFile) -> None:
    assert file.summary.endswith("?" if file.kind == "query" else ".")
    assert all(file.params.values())


@every_file
def test_the_header_tells_the_columns(file: SqlFile, db: ImageRewardDB) -> None:
    if file.is_table and file.name not in FILE_READERS:
        found = [(column, type_) for kind, column, type_ in db.columns(file.name).rows() if kind == file.kind]
        assert tuple(column for column, _ in found) == file.returns
        if file.types:
            assert tuple(type_ for _, type_ in found) == file.types
    else:  # a value, or one of those whose columns need a file and are tested below
        assert file.kind == "macro"


def test_what_others_read_has_a_header_with_types() -> None:
    read = {name for file in FILES.all() for name in file.reads}
    tables = {file.name for file in [*FILES.views.values(), *FILES.macros.values()] if file.is_table and not file.types}
    assert read & tables <= {*FILE_READERS, "statement_parts"}


@every_file
def test_the_header_tells_the_parameters_and_the_engine_knows_the_summary(file: SqlFile, db: ImageRewardDB) -> None:
    if file.kind == "macro":
        functions = db.sql(
            "SELECT parameters, comment FROM duckdb_functions() WHERE function_name = $name AND NOT internal",
            {"name": file.name},
        )
        assert [(list(parameters), comment) for parameters, comment in functions.rows()] == [
            (list(file.params), file.summary)
        ]
    elif file.kind == "view":
        with db.connection() as connection:
            comments = connection.sql(
                "SELECT comment FROM duckdb_views() WHERE view_name = $name", params={"name": file.name}
            ).fetchall()
        assert comments == [(file.summary,)]
        assert not file.params
    else:
        used = {name.name for name in parsed(file).find_all(exp.Parameter, exp.Placeholder)}
        assert used == set(file.params)


@pytest.mark.parametrize(
    ("name", "rows"), [("parquet_file", 3), ("parquet_file_checks", 1), ("parquet_statistics_faults", 0)]
)
def test_the_headers_of_the_parquet_readers_tell_their_columns(
    name: str, rows: int, bare: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = FILES.macros[name]
    bare.execute(f"COPY my_images TO '{tmp_path}/m.parquet'")
    relation = bare.table_function(name, [f"{tmp_path}/m.parquet"])
    assert tuple(relation.columns) == file.returns
    assert len(relation.fetchall()) == rows


@pytest.mark.parametrize(("name", "rows"), [("ranking_file", 2), ("ranking_file_faults", 0), ("ranking_objects", 1)])
def test_the_headers_of_the_ranking_readers_tell_their_columns(
    name: str, rows: int, bare: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = FILES.macros[name]
    ranking = tmp_path / "r.json"
    ranking.write_text('[{"id": "p", "prompt": "t", "generations": ["a", "b"], "ranking": [2, 1]}]')
    relation = bare.table_function(name, [str(ranking)])
    assert tuple(relation.columns) == file.returns
    assert len(relation.fetchall()) == rows


@every_file
def test_the_header_tells_what_the_statement_reads(file: SqlFile) -> None:
    tree = parsed(file)
    common = {cte.alias for cte in tree.find_all(exp.CTE)}
    tables = {table.name for table in tree.find_all(exp.Table)} - common
    functions = {function.name.lower() for function in tree.find_all(exp.Anonymous)}
    ours = (tables | functions) & (FILES.views.keys() | FILES.macros.keys())
    assert set(file.reads) == ours - {file.name if file.kind != "query" else ""}


@every_file
def test_a_parameter_is_never_called_like_a_column(file: SqlFile) -> None:
    if file.kind != "macro":
        return
    tree = parsed(file)
    columns = COLUMNS | {alias.alias for alias in tree.find_all(exp.Alias)}
    assert not columns & file.params.keys()


@every_file
def test_only_a_query_orders_and_it_always_does(file: SqlFile) -> None:
    tree = parsed(file)
    assert isinstance(tree, exp.Select | exp.SetOperation)
    assert (tree.args.get("order") is not None) == (file.kind == "query")


@every_file
def test_the_order_of_a_query_is_total(file: SqlFile, db: ImageRewardDB) -> None:
    if file.kind != "query":
        return
    tree = parsed(file).copy()
    assert isinstance(tree, exp.Select)
    tree.set("limit", None)
    for number, key in enumerate(tree.args["order"].expressions):
        tree = tree.select(exp.alias_(key.this.copy(), f"key_{number}"))
    used = {name.name for name in tree.find_all(exp.Parameter, exp.Placeholder)}
    params = {name: None for name in file.params if name in used}
    keys = db.sql(tree.sql(dialect="duckdb"), params)
    keys = keys.select(name for name in keys.columns if name.startswith("key_"))
    assert keys.is_unique().all()


def test_the_files_work_without_irdb_sql(bare: duckdb.DuckDBPyConnection) -> None:
    pairs = bare.sql("SELECT better_path, worse_path, rank_gap FROM preference_pairs(keep_ties := true) ORDER BY ALL")
    a, b, c = (f"images/test/test_1/{name}.webp" for name in "abc")
    assert pairs.fetchall() == [(a, b, 1), (a, c, 1), (b, c, 0)]
    assert bare.sql("SELECT strict_pairs, tied_pairs FROM pair_counts()").fetchall() == [(2, 1)]
    for file in FILES.queries.values():
        assert bare.sql(file.text, params=dict.fromkeys(file.params)).columns == list(file.returns)

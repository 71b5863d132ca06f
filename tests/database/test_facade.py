"""What the facade refuses, what it lists, and that its defaults are the macros' own."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import CHECKOUT

import irdb_sql
from irdb_sql import errors
from irdb_sql.database import questions, statistics

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

METHODS = [
    name
    for module in (questions, statistics)
    for name, member in vars(module).items()
    if inspect.isfunction(member) and member.__module__ == module.__name__
]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_the_query_of_its_name(db: ImageRewardDB, name: str) -> None:
    method = getattr(db, name)
    assert method().equals(db.query(name))
    assert method(lazy=True).collect().equals(method())
    parameters = set(inspect.signature(method).parameters) - {"lazy", "images", "on_error"}
    (call,) = db.catalog().filter((pl.col("kind") == "query") & (pl.col("name") == name))["call"]
    assert parameters == {word.removeprefix("$") for word in call.split()[1:]}


def test_defaults_in_python_are_those_of_the_macro(db: ImageRewardDB) -> None:
    macro = db.sql("SELECT count(*) FROM preference_pairs()").item()
    assert db.pairs().height == macro
    assert db.pairs(keep_ties=False, min_rank_gap=1).height == macro


def test_params_bind_by_name_and_by_place(db: ImageRewardDB) -> None:
    assert db.sql("SELECT $a + 1 AS x", {"a": 2}).item() == 3
    assert db.sql("SELECT ? || ? AS x", ["a", "b"]).item() == "ab"
    assert (
        db.sql("SELECT $a AS x", {"a": "'; DROP VIEW images; --"}, lazy=True).collect().item()
        == "'; DROP VIEW images; --"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "got no statements"),
        ("-- nothing", "got no statements"),
        ("SELECT 1; SELECT 2", "got 2 statements"),
        ("CREATE TABLE x (i INTEGER)", "of the kind CREATE"),
        ("DROP VIEW images", "of the kind DROP"),
        ("COPY (SELECT 1) TO 'x.csv'", "of the kind COPY"),
        ("SET threads = 1", "of the kind SET"),
        ("CONNECT x", "of another kind"),
    ],
)
def test_a_text_that_is_not_one_read_only_statement_is_refused(db: ImageRewardDB, text: str, message: str) -> None:
    for lazy in (False, True):
        with pytest.raises(errors.StatementError, match=message):
            db.sql(text, lazy=lazy)


@pytest.mark.parametrize("text", ["DESCRIBE images", "SUMMARIZE SELECT 1", "SHOW TABLES", "VALUES (1)", "FROM images"])
def test_every_kind_of_read_only_statement_runs(db: ImageRewardDB, text: str) -> None:
    assert db.sql(text).height


@pytest.mark.parametrize(
    "text",
    [
        "SELEC 1",
        "SELECT * FROM imagez",
        "SELECT nope FROM images",
        "FROM preference_pairs(nope := 1)",
        "SELECT 1 / 'a'",
    ],
)
def test_error_messages_of_the_engine_are_kept(db: ImageRewardDB, text: str) -> None:
    with pytest.raises(
        errors.QueryError, match=r"(?s)(Parser|Catalog|Binder|Conversion) Error: .*\n\nHint: "
    ) as raised:
        db.sql(text)
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("FROM imagez", "did you mean 'images'?"),
        ("FROM preference_pair()", "did you mean 'preference_pairs'?"),
        ("SELECT tau_bb(1, 2, 3, 4)", "did you mean 'tau_b'?"),
        ("FROM pair_counts", "it is a macro: write FROM pair_counts()."),
        ("FROM images()", "it is a view: write FROM images, without parentheses."),
        ("SELECT rnk FROM images", "did you mean 'rank'?"),
        ("SELECT i.rankk FROM images AS i", "did you mean 'rank'?"),
        (
            "SELECT tau_b(1)",
            "call tau_b(n_concordant DOUBLE, n_discordant DOUBLE, n_first_tied DOUBLE, n_second_tied DOUBLE); ",
        ),
        (
            "FROM preference_pairs(nope := 1)",
            "call preference_pairs(in_split VARCHAR := NULL, in_subset VARCHAR := NULL, ",
        ),
    ],
)
def test_a_hint_suggests_the_intended_name(text: str, hint: str) -> None:
    with irdb_sql.connect(split="test") as db, pytest.raises(errors.QueryError) as raised:  # a new one defines little
        db.sql(text)
    assert raised.value.hint.startswith(hint)
    assert "did you mean 'zzz" not in str(raised.value)


def test_unknown_names_suggest_the_nearest(db: ImageRewardDB) -> None:
    with pytest.raises(LookupError, match="unknown query 'rank_gap'\n\nHint: did you mean 'rank_gaps'?"):
        db.query("rank_gap")
    with pytest.raises(LookupError, match="unknown name 'imagez'\n\nHint: did you mean 'images'?"):
        db.columns("imagez")
    with pytest.raises(TypeError, match="query 'pairs' has no parameter 'splt'\n\nHint: did you mean 'split'?"):
        db.query("pairs", splt="test")
    with pytest.raises(TypeError, match="query 'subset_sizes' has no parameter 'x'\n\nHint: it has no parameters."):
        db.query("subset_sizes", x=1)


@pytest.mark.parametrize("params", [{"min_rank_gap": "abc"}, {"min_rank_gap": 1.5}])
@pytest.mark.parametrize("lazy", [False, True])
def test_an_error_for_a_wrong_value_names_query_parameter_and_value(
    db: ImageRewardDB, params: dict[str, Any], *, lazy: bool
) -> None:
    ((name, value),) = params.items()
    with pytest.raises(errors.QueryError) as raised:
        db.query("pairs", lazy=lazy, **params).lazy().collect()
    assert str(value) in str(raised.value)
    assert lazy or f"query 'pairs' failed with {name}='{value}'" in str(raised.value)


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("value", ["tset", ["tset"], 5])
def test_an_unknown_split_or_subset_is_refused_before_anything_runs(
    db: ImageRewardDB, value: Any, *, lazy: bool
) -> None:
    with pytest.raises(errors.UnknownSplitError, match="unknown split"):
        db.query("pairs", split=value, lazy=lazy)
    with pytest.raises(errors.UnknownSubsetError, match="unknown subset"):
        db.query("pairs", subset=value, lazy=lazy)


def test_a_lazy_frame_keeps_the_parameters_it_was_made_with(db: ImageRewardDB) -> None:
    params = ["test"]
    lazy = db.sql("SELECT count(*) AS n FROM images WHERE split = ?", params, lazy=True)
    params[0] = "train"
    assert lazy.collect().item() == 279


def test_numbers_of_numpy_are_numbers(db: ImageRewardDB) -> None:
    numpy = pytest.importorskip("numpy")
    assert db.pairs(min_rank_gap=numpy.int64(3)).equals(db.pairs(min_rank_gap=3))
    assert db.sql("SELECT $x + 1 AS y", {"x": numpy.float64(1.5)}).item() == 2.5


WRITING = [
    "WITH w AS (DELETE FROM ranking_file_0 RETURNING 1) SELECT count(*) FROM w",
    "WITH w AS (COPY (SELECT 1) TO '{target}') SELECT * FROM w",
    "SELECT * FROM (WITH w AS (COPY (SELECT 1) TO '{target}') SELECT * FROM w)",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{target}'",
    "EXPLAIN ANALYZE DROP VIEW prompts",
    "FROM query('DROP VIEW prompts')",
]


@pytest.mark.parametrize("text", WRITING)
@pytest.mark.parametrize("lazy", [False, True])
def test_a_writing_statement_inside_a_reading_one_is_refused(tmp_path: Path, text: str, *, lazy: bool) -> None:
    ranking = tmp_path / "r.json"
    ranking.write_text('[{"id": "p", "prompt": "t", "generations": ["a", "b"], "ranking": [1, 2]}]')
    target = tmp_path / "written"
    with irdb_sql.connect(ranking) as db:
        with pytest.raises((errors.StatementError, errors.QueryError)):
            db.sql(text.format(target=target), lazy=lazy)
        assert db.query("totals")["strict_pairs"].item() == 1
        assert db.prompts().height == 1
    assert not target.exists()


def test_the_catalog_lists_every_file_with_parameters_and_columns(db: ImageRewardDB) -> None:
    catalog = db.catalog()
    assert {path.stem for path in CHECKOUT.glob("queries/**/*.sql")} <= set(catalog["name"])
    assert catalog["kind"].rle().struct.field("value").to_list() == ["view", "macro", "query"]
    call, returns = catalog.filter(pl.col("name") == "preference_pairs").select("call", "returns").row(0)
    assert call == (
        "preference_pairs(in_split VARCHAR := NULL, in_subset VARCHAR := NULL, keep_ties BOOLEAN := FALSE, "
        "min_rank_gap INTEGER := 1)"
    )
    assert returns[5:7] == ["better_path", "worse_path"]


def test_the_repr_names_the_source_and_its_files(db: ImageRewardDB) -> None:
    assert repr(db) == (
        "<ImageRewardDB embedded sample (synthetic): "
        "metadata-train.parquet, metadata-validation.parquet, metadata-test.parquet>"
    )


def test_schemas_are_small_and_fixed(db: ImageRewardDB) -> None:
    schema = db.pairs(split="test").schema
    assert schema == db.pairs(split="test").head(0).schema
    assert {name: str(kind) for name, kind in schema.items()} == {
        "split": "String", "part": "Int16", "prompt_id": "String", "prompt": "String", "classification": "String",
        "better_path": "String", "worse_path": "String", "better_rank": "Int8", "worse_rank": "Int8", "rank_gap": "Int16",
        "overall_gap": "Int16", "alignment_gap": "Int16", "fidelity_gap": "Int16", "better_row": "Int64", "worse_row": "Int64",
    }  # fmt: skip


def test_rows_are_in_their_documented_order(db: ImageRewardDB) -> None:
    assert db.images()["row_index"].is_sorted()
    assert db.prompts()["first_row"].is_sorted()
    assert db.pairs(keep_ties=True).select(pl.struct("better_row", "worse_row").is_sorted()).item()
    assert (
        db.rating_stats(by_classification=True).select(pl.struct("split", "classification", "kind").is_sorted()).item()
    )


def test_databases_do_not_share_anything(db: ImageRewardDB) -> None:
    with irdb_sql.connect(split="test") as second_db:
        assert second_db.pair_counts()["split"].to_list() == ["test"]
        assert db.pair_counts()["split"].to_list() == ["test", "train", "validation"]

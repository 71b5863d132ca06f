"""The facade on Apache Spark, its exports, sources and refusals, and what `register` defines, on a local cluster."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import polars as pl
import pytest
from conftest import SCHEMA, image, write_metadata
from oracles.engines import Both

import irdb_sql
from irdb_sql.exports.errors import EmptyExportError
from irdb_sql.scorers.errors import NoScorersError
from irdb_sql.spark.definitions import view_statement
from irdb_sql.spark.errors import (
    NotOnSparkError,
    SchemaNameError,
    SchemaTakenError,
    SparkColumnError,
    SparkError,
    SparkSettingError,
)
from irdb_sql.spark.registration import register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pyspark.sql import SparkSession

    from irdb_sql.core.catalog import SqlFile


def test_frames_are_eager_lazy_and_of_spark(on_both: Both) -> None:
    expected = on_both.database.pairs(split="test", min_rank_gap=3)
    assert on_both.database.pairs(split="test", min_rank_gap=3, lazy=True).collect().equals(expected)
    found = on_both.database.to_spark("pairs", split="test", min_rank_gap=3)
    assert [tuple(row) for row in found.collect()] == expected.rows()
    lazy = on_both.database.sql("SELECT prompt_id, rank FROM images ORDER BY row_index", lazy=True)
    assert lazy.select("rank").head(2).collect().rows() == on_both.database.images().select("rank").head(2).rows()


def test_an_export_of_pairs_is_written_by_the_cluster(on_both: Both, tmp_path: Path) -> None:
    made = on_both.database.export("pairs", tmp_path / "out", per_prompt=3, seed=4, weights="prompt")
    with irdb_sql.connect() as db:
        db.export("pairs", tmp_path / "one", per_prompt=3, seed=4, weights="prompt", images=False)
    assert (tmp_path / "out" / "_SUCCESS").is_file()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(("out", ".out"))] == ["out"]
    for split, counts in made.items():
        expected = pl.concat([pl.read_parquet(path) for path in sorted((tmp_path / "one").glob(f"{split}-*.parquet"))])
        found = [
            pl.read_parquet(path, hive_partitioning=False)
            for path in (tmp_path / "out" / f"split={split}").glob("*.parquet")
        ]
        assert sorted(pl.concat(found).rows()) == sorted(expected.rows())
        assert counts == {"rows": expected.height, "prompts": expected["prompt_id"].n_unique()}
        prompts = [set(part["prompt_id"]) for part in found]
        assert sum(map(len, prompts)) == len(set().union(*prompts))
    with pytest.raises(irdb_sql.errors.TargetExistsError):
        on_both.database.export("pairs", tmp_path / "out")


def test_an_export_of_no_row_has_a_folder_and_columns_for_each_split(on_both: Both, tmp_path: Path) -> None:
    target = tmp_path / "a{b}*[c] d%20"
    target.mkdir()
    with pytest.raises(EmptyExportError, match="min_rank_gap=50"):
        on_both.database.export("pairs", target, split="validation", min_rank_gap=50)
    assert list(target.iterdir()) == []
    made = on_both.database.export("pairs", target, split="validation", min_rank_gap=50, allow_empty=True)
    assert made == {"validation": {"rows": 0, "prompts": 0}}
    for split in made:
        (path,) = (target / f"split={split}").glob("*.parquet")
        assert list(pl.read_parquet_schema(BytesIO(path.read_bytes()))) == [
            "prompt_id",
            "prompt",
            "classification",
            "img_better",
            "img_worse",
        ]
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    with pytest.raises(NotOnSparkError, match="Hadoop, which writes it, allows no colon in the name of a file"):
        on_both.database.export("pairs", "a:b")


def write_one(folder: Path, **values: Any) -> Path:
    """Write a file of one row whose columns have types of their own."""
    row = image("p", "a", 1, 1, 1, 1) | values
    pl.DataFrame([{name: value for name, value in row.items() if name in {*SCHEMA, *values}}]).write_parquet(
        folder / "x.parquet"
    )
    return folder


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"rank": 1.5}, "rank holds 1.5, which is no whole number"),
        ({"rank": 300}, 'cannot be cast to "TINYINT" due to an overflow'),
        ({"image_path": "images/tset/x.webp"}, "unknown split tset: a split is train, validation or test"),
        ({"split": "tset"}, "unknown split tset: a split is train, validation or test"),
    ],
)
def test_a_wrong_value_is_told_when_it_is_read(
    spark: SparkSession, tmp_path: Path, values: dict[str, Any], sentence: str
) -> None:
    with irdb_sql.connect(write_one(tmp_path, **values), spark=spark) as db, pytest.raises(SparkError) as caught:
        db.images()
    assert sentence in caught.value.sentence


def test_a_table_is_a_source_and_its_columns_are_checked(spark: SparkSession, tmp_path: Path) -> None:
    write_one(tmp_path, row_index=7)
    spark.read.parquet(str(tmp_path)).selectExpr("*", "CAST(NULL AS STRING) AS split").createOrReplaceTempView(
        "one_image"
    )
    with irdb_sql.connect("one_image", spark=spark) as db:
        assert db.images().select("split", "row_index").rows() == [("test", 7)]
    spark.table("one_image").drop("rank").createOrReplaceTempView("lacking")
    spark.table("one_image").selectExpr("* EXCEPT (prompt)", "1 AS prompt").createOrReplaceTempView("wrong")
    spark.table("one_image").selectExpr("* EXCEPT (row_index)").limit(1).createOrReplaceTempView("placeless")
    for name, problem in (
        ("lacking", "column 'rank' of 'lacking' is not there"),
        ("wrong", "column 'prompt' of 'wrong' has the type int, not string"),
        ("placeless", "column 'row_index' of 'placeless' is not there"),
        ("/${spark.app.name}/x", "Spark replaces what follows ${ in it"),
        ("no_such_table", "reads nothing from 'no_such_table'"),
    ):
        with pytest.raises(irdb_sql.IrdbError) as caught:
            irdb_sql.connect(name, spark=spark)
        assert problem in caught.value.sentence


def test_a_setting_that_would_change_answers_is_refused_at_every_statement(on_both: Both, spark: SparkSession) -> None:
    spark.conf.set("spark.sql.ansi.enabled", "false")
    try:
        with pytest.raises(SparkSettingError, match="under which answers would differ"):
            on_both.database.prompts()
    finally:
        spark.conf.set("spark.sql.ansi.enabled", "true")


def test_what_needs_files_or_one_machine_says_so(on_both: Both, spark: SparkSession) -> None:
    calls: list[Callable[[], object]] = [
        lambda: on_both.database.images(images=True),
        lambda: on_both.database.query("image_files"),
        lambda: on_both.database.sql("SELECT 1 AS a", isolated=True),
        lambda: on_both.database.sql("SELECT count(*) AS n FROM image_listing"),
        lambda: on_both.database.sql("SELECT * FROM bad_images()"),
        lambda: on_both.database.image_files,
        lambda: on_both.database.export("webdataset", "x"),
        lambda: on_both.database.export("pairs", "x", images=True),
        lambda: on_both.database.export("pairs", "x", shard_bytes=1),
        lambda: irdb_sql.connect(spark=spark, trusted=True),  # type: ignore[call-overload]  # what types refuse is refused at run time, too
    ]
    for call in calls:
        with pytest.raises(NotOnSparkError, match="is not available on Apache Spark: "):
            call()
    assert not hasattr(on_both.database, "image_files")
    for name in dir(on_both.duck_database):
        if not name.startswith("_"):
            with contextlib.suppress(NotOnSparkError):
                getattr(on_both.database, name)


def test_scores_of_spark_are_numbers(on_both: Both, spark: SparkSession) -> None:
    nothing = spark.createDataFrame([], "scorer string, image_path string, score double")
    with pytest.raises(NoScorersError, match="there are no rows in 'the frame of Spark'"):
        on_both.database.evaluate(nothing)
    texts = spark.createDataFrame([("s", "a", "1d")], "scorer string, image_path string, score string")
    with pytest.raises(
        SparkColumnError, match="column 'score' of 'the frame of scores' has the type string, not double"
    ):
        on_both.database.evaluate(texts)


def test_macros_are_functions_of_the_session_for_any_client(spark: SparkSession) -> None:
    with irdb_sql.connect() as db:
        names = register(spark, db.source.folder, schema="odd_name", macros=["preference_pairs", "wilson_lower"])
        assert names[-2:] == ["preference_pairs", "wilson_lower"]
        found = spark.sql(
            "SELECT * FROM preference_pairs(in_split => 'test', keep_ties => true) ORDER BY better_row, worse_row"
        )
        rows = cast("pl.DataFrame", pl.from_arrow(found.toArrow()))
        assert rows.equals(db.pairs(split="test", keep_ties=True))
        (bound,) = spark.sql("SELECT wilson_lower(3, n_draws => 10)").collect()
        assert bound[0] == pytest.approx(db.sql("SELECT wilson_lower(3, 10) AS bound").item(), rel=1e-12)
    with pytest.raises(NotOnSparkError, match="no function of Spark takes a path"):
        register(spark, schema="odd_name", macros=["parquet_file"])
    spark.sql("CREATE SCHEMA taken")
    spark.sql("CREATE VIEW taken.images AS SELECT 1 AS x")
    spark.sql("CREATE SCHEMA taken_too")
    spark.sql("CREATE FUNCTION taken_too.pair_counts(x INT) RETURNS INT RETURN x")
    for taken, name, macros in (("taken", "images", []), ("taken_too", "pair_counts", ["pair_counts"])):
        sentence = f"'{taken}' has a table, view or function '{name}' that irdb_sql did not make"
        with pytest.raises(SchemaTakenError, match=sentence):
            register(spark, schema=taken, macros=macros)
    for schema in ("", cast("str", None)):
        with pytest.raises(SchemaNameError, match="which is no name"):
            register(spark, schema=schema)
    with pytest.raises(
        NotOnSparkError, match=r"cannot contain an aggregate\n\nHint: write avg\(CAST\(row_condition AS"
    ):
        register(spark, macros=["share"])
    spark.sql("USE default")


def test_what_was_registered_before_is_there_if_registering_anew_fails(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(file: SqlFile, *others: Any) -> str:
        if file.name == "metrics":
            raise RuntimeError("planted")
        return view_statement(file, *others)

    def found(schema: str) -> list[Any]:
        tables = spark.sql(f"SHOW TABLES IN {schema}").where("NOT isTemporary").collect()
        return [tables, spark.sql(f"SHOW USER FUNCTIONS IN {schema}").collect()]

    register(spark, schema="before", macros=["preference_pairs"])
    pairs, there = spark.sql("SELECT count(*) FROM before.preference_pairs()").collect(), found("before")
    monkeypatch.setattr("irdb_sql.spark.definitions.view_statement", failing)
    for schema in ("before", "anew"):
        with pytest.raises(RuntimeError, match="planted"):
            register(spark, write_metadata(tmp_path, []), schema=schema, macros=["preference_pairs", "pair_counts"])
    assert found("before") == there
    assert found("anew") == [[], []]
    assert spark.sql("SELECT count(*) FROM before.preference_pairs()").collect() == pairs
    monkeypatch.undo()
    register(spark, tmp_path, schema="before", macros=[])
    assert spark.sql("SELECT count(*) FROM before.preference_pairs()").collect() == [(0,)]
    spark.sql("USE default")


def test_each_image_is_shuffled_once_for_its_pairs(on_both: Both) -> None:
    pairs = on_both.database.to_spark("pairs")
    plan = pairs._jdf.queryExecution().executedPlan().toString()  # noqa: SLF001 - Spark prints it, and does not return it
    assert plan.count("Exchange hashpartitioning(") == 1
    assert "Join" not in plan.replace("BroadcastNestedLoopJoin", "")

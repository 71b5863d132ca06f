"""What Apache Spark answers is what DuckDB answers: every query, macro and view, on a local cluster of two executors.

CI proves it of some statements; `pytest -m full_spark -o faulthandler_timeout=900` of all, on the sample, the real file and generated data.
"""

from __future__ import annotations

import math
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import polars as pl
import pytest
from conftest import SCHEMA, Row, image
from hypothesis import HealthCheck, given, settings
from strategies import datasets

import irdb_sql
from irdb_sql import sqlfiles
from irdb_sql.spark import register
from irdb_sql.spark_errors import NotOnSparkError, SchemaTakenError, SparkError, SparkSettingError
from irdb_sql.spark_statements import call_text, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark.sql import SparkSession

    from irdb_sql.engine import Session
    from irdb_sql.spark_database import SparkDatabase
    from irdb_sql.spark_engine import SparkTables
    from irdb_sql.sqlfiles import SqlFile

FILES = sqlfiles.load()
QUERIES = list(FILES.queries.values())
MACROS = [file for file in FILES.macros.values() if file.is_table and not file.spark]
CHOICES: dict[str, object] = {
    "split": "test", "in_split": "test", "subset": "1k", "in_subset": "1k", "by_classification": True, "by_part": True,
    "by_images": True, "by_rank_gap": True, "keep_ties": True, "min_rank_gap": 2, "limit": 7, "pairs": 2, "prompts": 3,
    "from_draw": 0.2, "to_draw": 0.9, "seed": 5, "stratified": True, "per_prompt": 2, "epsilon": 0.5, "in_epsilon": 0.5,
    "with_baselines": False,
}  # fmt: skip
"""A value for every parameter, other than its default."""
IN_CI = frozenset({
    "pairs", "groups", "rating_stats", "shared_prompts", "generator_stats", "split_leaks", "longest_prompts", "score_matches",
})  # fmt: skip
"""Queries and views that CI compares: they have most rewrites in them."""
full_spark = pytest.mark.full_spark

SCORES = pl.DataFrame(
    [
        ("s", "a.webp", 1.5), ("s", "b.webp", math.nan), ("s", "c.webp", math.inf), ("s", "d.webp", None),
        ("s", "nowhere.webp", 1.0), ("s", "a.webp", 1.5), ("s", "e.webp", 1.0), ("s", "e.webp", 2.0),
        ("t", "images/test/test_1/a.webp", -0.5), ("t", "b", 0.5), ("t", None, 0.0),
    ],
    schema={"scorer": pl.String, "image": pl.String, "score": pl.Float64},
    orient="row",
).with_columns(source=pl.lit("x"), source_row=pl.int_range(1, 12), score_number=pl.int_range(1, 12))  # fmt: skip
LENT = {
    "generator_scores": pl.DataFrame(
        [("a", "p", 0.5), ("a", "p", 1.5), ("b", "p", 1.0), ("b", "q", 1e300), ("a", "q", 1e300), ("c", "q", -0.1)],
        schema={"generator": pl.String, "prompt_id": pl.String, "score": pl.Float64},
        orient="row",
    ),
    "human_ranking": pl.DataFrame({"generator": ["a", "b", "c"], "human_rank": [1.0, 2.0, 2.0]}),
    "split_keys": pl.DataFrame(
        {
            "side": ["a", "b", "b"],
            "prompt_id": ["p", "p", "q"],
            "prompt": ["A  castle\u2003", "a castle", "\x0ba castle"],
            "image_path": [
                "x/00000000-0000-0000-0000-00000000000A.webp",
                "00000000-0000-0000-0000-00000000000a.png",
                "y\n",
            ],
            "content": [1, 1, None],
        }
    ),
    "score_rows": SCORES,
}
"""Rows that stand in the place of views without any, so that their queries have something to answer."""
HOSTILE = [
    image("p", "a", 1, 7, 6, 5),
    image("p", "b", 1, None, 1, 7),
    image("p", "c", None, 3, 3, 3),
    image("p", "d", 5, 1, None, 2),
    image("p", "d", 5, 1, None, 2),
    image("p\n", "e", 2, 4, 4, 4, prompt="Two\u00a0 Blanks\n", classification=None),
    image("q", "f", 127, 8, 0, -3, prompt="two blanks", split="train", image_path="images/train/train_1.5/x.webp"),
    image("q", "g", -128, 1, 1, 1, prompt=None, split="train", image_path="images/train/train_2/a_b/\\..webp\n"),
    image("r", "h", 1, 1, 1, 1, prompt="ÄSSE ΟΔΟΣ İß", split="validation", image_path="images/validation/x"),
    image("r", "i", 2, 7, 7, 7, image_path=None),
    image("005658-0040", "j", 3, 5, 5, 5, prompt="'; DROP TABLE images; --"),
    image("005658-0040\n", "k", 3, 5, 5, 5),
]


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    if shutil.which("java") is None:
        pytest.skip("Apache Spark needs Java, which this machine has not")
    from pyspark.sql import SparkSession  # noqa: PLC0415 - takes a second

    folder = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "OFF")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={folder}")
        .getOrCreate()
    )
    yield session
    session.stop()


class Both:
    """A dataset that both engines have opened, with the same rows lent to both."""

    def __init__(self, spark: SparkSession, folder: Path, *, lent: bool = False) -> None:
        self._stack = ExitStack()
        empty = folder / "no images"
        empty.mkdir(exist_ok=True)
        duck = self._stack.enter_context(irdb_sql.connect(folder, images_root=empty))
        self.database: SparkDatabase = self._stack.enter_context(irdb_sql.connect(folder, spark=spark))
        self.duck: Session = self._stack.enter_context(duck._engine.session())  # noqa: SLF001 - where rows can be lent
        self.spark: SparkTables = self._stack.enter_context(self.database._spark_engine.session())  # noqa: SLF001 - as above
        for name, rows in LENT.items() if lent else ():
            self.duck.lend(name, rows)
            self.spark.lend(name, rows)

    def close(self) -> None:
        self._stack.close()

    def compare(self, text: str, params: dict[str, object], *, is_ordered: bool) -> None:
        expected, found = self.duck.frame(text, params), self.spark.frame(text, params)
        assert found.schema == expected.schema
        rows = [[tuple(map(rounded, row)) for row in frame.rows()] for frame in (found, expected)]
        if not is_ordered:
            rows = [sorted(some, key=repr) for some in rows]
        assert rows[0] == rows[1]


def rounded(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(rounded, value))
    return f"{value:.11e}" if isinstance(value, float) else value


def compare(both: Both, file: SqlFile, *, with_choices: bool) -> None:
    """Compare what a file answers without parameters, and with all of them."""
    if file.kind == "query":
        both.compare(file.text, dict.fromkeys(file.params), is_ordered=True)
        if with_choices:
            both.compare(file.text, {name: CHOICES.get(name) for name in file.params}, is_ordered=True)
    elif file.kind == "view":
        both.compare(f"SELECT * FROM {file.name}", {}, is_ordered=False)  # noqa: S608 - ours
    else:
        taken = parameters(file)
        defaults = [None if one.default is None else value_of(one.default) for one in taken]
        both.compare(*call_text(file.name, defaults), is_ordered=False)
        if with_choices:
            both.compare(*call_text(file.name, [CHOICES[one.name] for one in taken]), is_ordered=False)


def value_of(default: str) -> object:
    return {"NULL": None, "FALSE": False, "TRUE": True}.get(default, default if not default.isdigit() else int(default))


def case(data: str, file: SqlFile) -> Any:
    in_ci = data == "hostile" and file.name in IN_CI and file.kind != "macro"
    return pytest.param(data, file, id=f"{data}, {file.kind} {file.name}", marks=() if in_ci else full_spark)


CASES = [
    case(data, file)
    for data in ("sample", "hostile", "empty", "real", "generated")
    for file in (*QUERIES, *MACROS, *FILES.views.values())
]


@pytest.fixture(scope="module")
def sample(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with irdb_sql.connect() as db:
        folder = tmp_path_factory.mktemp("sample") / "data"
        shutil.copytree(db.source.folder, folder, ignore=shutil.ignore_patterns("images"))
    both = Both(spark, folder)
    yield both
    both.close()


@pytest.fixture(scope="module")
def hostile(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Rows with ties, NULLs and odd text in a folder of an odd name, and rows that are lent."""
    folder = tmp_path_factory.mktemp("it's `hostile`* {a,b} [c]")
    write_splits(folder, HOSTILE)
    both = Both(spark, folder, lent=True)
    yield both
    both.close()


def write_splits(folder: Path, rows: list[Row]) -> None:
    for split in ("train", "validation", "test"):
        of_split = [{name: row[name] for name in SCHEMA} for row in rows if row["split"] == split]
        pl.DataFrame(of_split, schema=SCHEMA).write_parquet(folder / f"metadata-{split}.parquet")


@pytest.fixture(scope="module")
def empty(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("empty")
    write_splits(folder, [])
    both = Both(spark, folder)
    yield both
    both.close()


@pytest.fixture(scope="module")
def real(spark: SparkSession, real_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("real")
    with irdb_sql.connect(real_file) as db:
        rows = db.sql("SELECT * EXCLUDE (split, row_index) FROM metadata ORDER BY row_index")
    rows.write_parquet(folder / "metadata-test.parquet")
    both = Both(spark, folder)
    yield both
    both.close()


@pytest.fixture(scope="module")
def generated(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """All rows of many datasets that Hypothesis makes: a statement of Spark takes too long for one at a time."""
    rows: list[Row] = []

    @settings(max_examples=40, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(some=datasets())
    def add(some: list[Row]) -> None:
        rows.extend(some)

    add()
    folder = tmp_path_factory.mktemp("generated")
    write_splits(folder, rows)
    both = Both(spark, folder)
    yield both
    both.close()


@pytest.mark.parametrize(("data", "file"), CASES)
def test_spark_answers_what_duckdb_answers(request: pytest.FixtureRequest, data: str, file: SqlFile) -> None:
    compare(request.getfixturevalue(data), file, with_choices=data in ("sample", "hostile"))


VALUES = {
    "calibrated_side": "SELECT calibrated_side(0.5, 0.25, rank) AS x FROM images",
    "diffusiondb_archive": "SELECT diffusiondb_archive(prompt_id) AS x FROM images",
    "exact_mean": "SELECT split, exact_mean(rank / 128) AS x FROM images GROUP BY split",
    "exact_ratio": "SELECT split, exact_ratio(rank / 128, overall_rating) AS x FROM images GROUP BY split",
    "figure_verdict": "SELECT figure_verdict(rank, overall_rating, 0.5) AS x FROM images",
    "float_list": "SELECT float_list([rank, overall_rating, NULL]) AS x FROM images",
    "float_mean": "SELECT split, float_mean(rank) AS x FROM images GROUP BY split",
    "none_drawn": "SELECT none_drawn(abs(fidelity_rating), 1, 2) AS x FROM images",
    "normal_text": "SELECT normal_text(prompt) AS x FROM images",
    "pair_count": "SELECT pair_count(rank) AS x FROM images WHERE rank > 0",
    "pearson": "SELECT split, pearson(rank, overall_rating, 1) AS x FROM images GROUP BY split",
    "plain_draw": "SELECT plain_draw(3, prompt) AS x FROM images",
    "rating_of_kind": "SELECT rating_of_kind('fidelity', rank, NULL, fidelity_rating) AS x FROM images",
    "share": "SELECT split, share(rank = 1) AS x FROM images GROUP BY split",
    "split_name": "SELECT split_name(split) AS x FROM images",
    "subset_parts": "SELECT subset_parts('2k') AS x FROM images",
    "tau_b": "SELECT tau_b(abs(fidelity_rating), 1, overall_rating, 0) AS x FROM images WHERE overall_rating >= 0",
    "whole_number": "SELECT whole_number('12') AS x, whole_number(rank) AS y FROM images",
    "wilson_lower": "SELECT wilson_lower(rank, 5) AS x FROM images",
    "wilson_upper": "SELECT wilson_upper(rank, 5) AS x FROM images",
}
"""A statement for each macro that is a value."""


def test_macros_that_are_values_are_the_same_in_both(hostile: Both) -> None:
    assert VALUES.keys() == {file.name for file in FILES.macros.values() if not file.is_table and not file.spark}
    for text in VALUES.values():
        hostile.compare(text, {}, is_ordered=False)


def test_a_wrong_word_is_refused_by_both(hostile: Both) -> None:
    for text in (
        "FROM subset_images(in_split := 'tset')",
        "SELECT subset_parts('3k') AS n",
        "SELECT whole_number('1.5')",
    ):
        sentences = []
        for session in (hostile.duck, hostile.spark):
            with pytest.raises(irdb_sql.IrdbError) as caught:
                session.frame(text)
            sentences.append(caught.value.sentence)
        assert sentences[0].removeprefix("Invalid Input Error: ") in sentences[1]


@full_spark
def test_the_facade_judges_scorers_on_spark_to_the_same_bits(sample: Both, spark: SparkSession) -> None:
    with irdb_sql.connect() as db:
        scores = db.images(split="test").select("image_path", mine=pl.col("rank").cast(pl.Float64))
        expected = db.evaluate(scores, split="test", resamples=20)
    frame = spark.createDataFrame(scores.rename({"mine": "score"}).with_columns(scorer=pl.lit("mine")).to_arrow())
    assert sample.database.evaluate(cast("Any", frame), split="test", resamples=20).equals(expected)


def test_frames_are_eager_lazy_and_of_spark(sample: Both) -> None:
    expected = sample.database.pairs(split="test", min_rank_gap=3)
    assert sample.database.pairs(split="test", min_rank_gap=3, lazy=True).collect().equals(expected)
    found = sample.database.to_spark("pairs", split="test", min_rank_gap=3)
    assert [tuple(row) for row in found.collect()] == expected.rows()
    lazy = sample.database.sql("SELECT prompt_id, rank FROM images ORDER BY row_index", lazy=True)
    assert lazy.select("rank").head(2).collect().rows() == sample.database.images().select("rank").head(2).rows()


def test_an_export_of_pairs_is_written_by_the_cluster(sample: Both, tmp_path: Path) -> None:
    made = sample.database.export("pairs", tmp_path / "out", per_prompt=3, seed=4, weights="prompt")
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
        sample.database.export("pairs", tmp_path / "out")


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
        ("no_such_table", "reads nothing from 'no_such_table'"),
    ):
        with pytest.raises(irdb_sql.IrdbError) as caught:
            irdb_sql.connect(name, spark=spark)
        assert problem in caught.value.sentence


def test_a_setting_that_would_change_answers_is_refused_at_every_statement(sample: Both, spark: SparkSession) -> None:
    spark.conf.set("spark.sql.ansi.enabled", "false")
    try:
        with pytest.raises(SparkSettingError, match="under which answers would differ"):
            sample.database.prompts()
    finally:
        spark.conf.set("spark.sql.ansi.enabled", "true")


def test_what_needs_files_or_one_machine_says_so(sample: Both) -> None:
    asked: list[Callable[[], object]] = [
        lambda: sample.database.images(images=True),
        lambda: sample.database.query("image_files"),
        lambda: sample.database.verify,
        lambda: sample.database.export("webdataset", "x"),
        lambda: sample.database.export("pairs", "x", images=True),
        lambda: irdb_sql.connect(spark=sample.database._spark_engine._session(), trusted=True),  # type: ignore[call-overload]  # noqa: SLF001
    ]
    for ask in asked:
        with pytest.raises(NotOnSparkError, match="cannot be had on Apache Spark: "):
            ask()
    assert not hasattr(sample.database, "verify")


def test_statements_take_named_and_placed_parameters_as_duckdb_does(sample: Both) -> None:
    text = "SELECT ? AS a, count(*) AS n FROM preference_pairs(?, keep_ties => TRUE) WHERE rank_gap < ?"
    with irdb_sql.connect() as db:
        assert sample.database.sql(text, [7, "test", 2]).equals(db.sql(text, [7, "test", 2]))


def test_macros_are_functions_of_the_session_for_any_client(spark: SparkSession) -> None:
    with irdb_sql.connect() as db:
        register(spark, db.source.folder, schema="odd_name", macros=["preference_pairs"])
        found = spark.sql(
            "SELECT * FROM preference_pairs(in_split => 'test', keep_ties => true) ORDER BY better_row, worse_row"
        )
        rows = cast("pl.DataFrame", pl.from_arrow(found.toArrow()))
        assert rows.equals(db.pairs(split="test", keep_ties=True))
    with pytest.raises(NotOnSparkError, match="no function of Spark takes a path"):
        register(spark, schema="odd_name", macros=["parquet_file"])
    spark.sql("CREATE SCHEMA taken")
    spark.sql("CREATE VIEW taken.images AS SELECT 1 AS x")
    with pytest.raises(SchemaTakenError, match="'taken' has a table or view 'images' that irdb_sql did not make"):
        register(spark, schema="taken", macros=[])
    spark.sql("USE default")


@full_spark
def test_every_macro_is_the_same_as_a_function_of_the_session(sample: Both, spark: SparkSession) -> None:
    with irdb_sql.connect() as db:
        names = register(spark, db.source.folder, schema="everything")
    assert set(names) == {*FILES.views, *(file.name for file in MACROS)}
    for file in MACROS:
        given_by_name = ", ".join(f"{one.name} => {CHOICES[one.name]!r}" for one in parameters(file))
        text, params = call_text(file.name, [CHOICES[one.name] for one in parameters(file)])
        expected = sample.duck.frame(text, params)
        found = cast("pl.DataFrame", pl.from_arrow(spark.sql(f"SELECT * FROM {file.name}({given_by_name})").toArrow()))  # noqa: S608 - ours
        assert found.schema == expected.schema
        rows = [sorted([tuple(map(rounded, row)) for row in frame.rows()], key=repr) for frame in (found, expected)]
        assert rows[0] == rows[1], file.name
    spark.sql("USE default")


def test_each_image_is_shuffled_once_for_its_pairs(sample: Both) -> None:
    pairs = sample.database._spark_engine.spark_frame("SELECT * FROM preference_pairs()", None)  # noqa: SLF001 - its plan
    plan = pairs._jdf.queryExecution().executedPlan().toString()  # noqa: SLF001 - Spark prints it, and does not return it
    assert plan.count("Exchange hashpartitioning(") == 1
    assert "Join" not in plan.replace("BroadcastNestedLoopJoin", "")

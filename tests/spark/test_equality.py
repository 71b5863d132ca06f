"""What Apache Spark answers is what DuckDB answers: every query, macro and view, on a local cluster of two executors.

CI proves it of some; `pytest -n 2 -m full_spark -o faulthandler_timeout=900` of all, on the sample, the real file,
hostile and generated data.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import polars as pl
import pytest
from conftest import Row, image, write_metadata
from fakes.strategies import datasets
from hypothesis import HealthCheck, given, settings
from oracles.engines import Both, compare_frames, query_of

import irdb_sql
from irdb_sql.core import catalog as catalogs
from irdb_sql.core.signatures import parameters
from irdb_sql.spark.registration import register
from irdb_sql.spark.values import functions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

    from irdb_sql.core.catalog import SqlFile

FILES = catalogs.load()
QUERIES = [file for file in FILES.queries.values() if not file.spark]
MACROS = [file for file in FILES.macros.values() if file.is_table and not file.spark]
CHOICES: dict[str, object] = {
    "split": "test", "in_split": "test", "subset": "1k", "in_subset": "1k", "by_classification": True, "by_part": True,
    "by_images": True, "by_rank_gap": True, "keep_ties": True, "min_rank_gap": 2, "limit": 7, "pairs": 2, "prompts": 3,
    "from_draw": 0.2, "to_draw": 0.9, "seed": 5, "stratified": True, "per_prompt": 2, "epsilon": 0.5, "in_epsilon": 0.5,
    "with_baselines": False, "tuned_on": "train", "min_votes": 2, "tie_margin": 0.25,
}  # fmt: skip
"""A value for every parameter, other than its default."""
IN_CI = frozenset({
    "pairs", "groups", "rating_stats", "shared_prompts", "generator_stats", "split_leaks", "longest_prompts", "given_matches",
    "predictive_places", "baseline_scores",
})  # fmt: skip
"""Queries and views that CI compares: they have most rewrites in them."""
full_spark = pytest.mark.full_spark
pytestmark = pytest.mark.filterwarnings("ignore::irdb_sql.sources.errors.NoPartWarning")  # hostile paths name no part

SCORES = pl.DataFrame(
    [
        ("s", "a.webp", 1.5), ("s", "b.webp", math.nan), ("s", "c.webp", math.inf), ("s", "d.webp", None),
        ("s", "nowhere.webp", 1.0), ("s", "a.webp", 1.5), ("s", "e.webp", 1.0), ("s", "e.webp", 2.0),
        ("t", "images/test/test_1/a.webp", -0.5), ("t", "b", 0.5), ("t", None, 0.0),
    ],
    schema={"scorer": pl.String, "image": pl.String, "score": pl.Float64},
    orient="row",
).with_columns(source=pl.lit("x"), source_row=pl.int_range(1, 12), score_number=pl.int_range(1, 12))  # fmt: skip
JUDGEMENTS = pl.DataFrame(
    [
        ("j", "a.webp", "b.webp", None, "A"), ("j", "b", "a", None, " [[b]]\n"), ("j", "images/test/test_1/a.webp", "d", "p", "tie"),
        ("j", "d", "a.webp", None, "A>B"), ("j", "b.webp", "d.webp", None, "first"), ("j", "b", "d", None, "second"),
        ("j", "a", "c", None, "A"), ("j", "a", "a.webp", None, "A"), ("j", "a", "e", None, "A"), ("j", "a", "b", "q", "A"),
        ("j", "nowhere", None, None, "A"), ("j", "f.webp", "g.webp", None, "1"), ("k", "a", "b", None, None),
        ("k", "a", "b", None, "second"), ("k", "a", "b", "p", "B"), ("k", "h.webp", "i.webp", None, "C"),
    ],
    schema=dict.fromkeys(("judge", "first_image", "second_image", "prompt_id", "verdict"), pl.String),
    orient="row",
).with_columns(source=pl.lit("x"), source_row=pl.int_range(1, 17), judgement_number=pl.int_range(1, 17))  # fmt: skip
SHADOWS = {
    "generator_scores": pl.DataFrame(
        [("a", "p", 0.5), ("a", "p", 1.5), ("b", "p", 1.0), ("b", "q", 1e300), ("a", "q", 1e300), ("c", "q", -0.1)],
        schema={"generator": pl.String, "prompt_id": pl.String, "score": pl.Float64},
        orient="row",
    ),
    "human_ranking": pl.DataFrame({"generator": ["a", "b", "c"], "human_rank": [1.0, 2.0, 2.0]}),
    "compared_images": pl.DataFrame(
        {
            "side": ["a", "b", "b"],
            "prompt_id": ["p", "p", "q"],
            "prompt": ["A  castle\u2003", "a castle", "\x0ba castle"],
            "image_path": [
                "x/00000000-0000-0000-0000-00000000000A.webp",
                "00000000-0000-0000-0000-00000000000a.png",
                "y\n",
            ],
            "content_hash": [1, 1, None],
        }
    ),
    "score_rows": SCORES,
    "image_measures": pl.DataFrame(
        [
            (path, 100 * place, 8, 8 + place % 2, place / 8, 0.5, None if place == 3 else 7.0 - place, 1e-3 * place)
            for place, path in enumerate([f"images/test/test_1/{name}.webp" for name in "abcdefgk"])
        ],
        schema={
            "image_path": pl.String,
            "size": pl.Int64,
            "width": pl.Int64,
            "height": pl.Int64,
            "brightness": pl.Float64,
            "saturation": pl.Float64,
            "sharpness": pl.Float64,
            "entropy": pl.Float64,
        },
        orient="row",
    ),
    "judgement_rows": JUDGEMENTS,
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


def compare(both: Both, file: SqlFile, *, with_choices: bool) -> None:
    """Compare what a file answers without parameters, and with all of them."""
    if file.kind == "query":
        both.compare_query(file, {})
        if with_choices:
            both.compare_query(file, {name: CHOICES.get(name) for name in file.params})
    elif file.kind == "view":
        both.compare_view(file.name)
    else:
        defaults = [None if one.default is None else value_of(one.default) for one in parameters(file)]
        both.compare_call(file.name, defaults)
        if with_choices:
            both.compare_call(file.name, [CHOICES[one.name] for one in parameters(file)])


def value_of(default: str) -> object:
    return {"NULL": None, "FALSE": False, "TRUE": True}.get(default, default if not default.isdigit() else int(default))


def case(data: str, file: SqlFile) -> Any:
    in_ci = data == "hostile" and file.name in IN_CI and file.kind != "macro"
    return pytest.param(
        data, file, id=f"{data}, {file.kind} {file.name}", marks=pytest.mark.slow if in_ci else full_spark
    )


CASES = [
    case(data, file)
    for data in ("sample", "hostile", "empty", "real", "generated")
    for file in (*QUERIES, *MACROS, *FILES.views.values())
]


@pytest.fixture
def sample(on_both: Both) -> Both:
    return on_both


@pytest.fixture(scope="module")
def hostile(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Rows with ties, NULLs and odd text in a folder of an odd name, and rows that are lent."""
    folder = tmp_path_factory.mktemp("it's `hostile`* {a,b} [c]")
    write_metadata(folder, HOSTILE)
    both = Both(spark, folder, SHADOWS)
    yield both
    both.close()


@pytest.fixture(scope="module")
def empty(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("empty")
    write_metadata(folder, [])
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
    write_metadata(folder, rows)
    both = Both(spark, folder)
    yield both
    both.close()


@pytest.mark.parametrize(("data", "file"), CASES)
def test_spark_answers_what_duckdb_answers(request: pytest.FixtureRequest, data: str, file: SqlFile) -> None:
    compare(request.getfixturevalue(data), file, with_choices=data in ("sample", "hostile"))


OF_ROWS = {
    "tie_aware_sign": "tie_aware_sign(0.5, 0.25, rank)",
    "diffusiondb_archive": "diffusiondb_archive(prompt_id)",
    "reproduction_verdict": "reproduction_verdict(rank, overall_rating, 0.5)",
    "float_list": "float_list([rank, overall_rating, NULL])",
    "fisher_bound": "fisher_bound(rank / 128, 0.5)",
    "partial_correlation": "partial_correlation(1.5, 1, 2, 4, 4, abs(fidelity_rating))",
    "student_quantile": "student_quantile(abs(fidelity_rating))",
    "hypergeometric_miss": "hypergeometric_miss(abs(fidelity_rating), 1, 2)",
    "normal_text": "normal_text(prompt)",
    "uuid_in_path": "uuid_in_path(concat(image_path, '\\00000000-0000-0000-0000-00000000000A.x.y'))",
    "verdict_word": "verdict_word(CASE WHEN rank > 2 THEN prompt WHEN rank = 2 THEN '[[A]]' ELSE ' tie (BothBad)' END)",
    "visible_text": "visible_text(prompt)",
    "plain_path": "plain_path(image_path)",
    "path_part": "path_part(image_path)",
    "pair_count": "pair_count(abs(rank::BIGINT))",
    "hash_uniform": "hash_uniform(3, prompt)",
    "rating_of_kind": "rating_of_kind('fidelity', rank, NULL, fidelity_rating)",
    "split_name": "split_name(split)",
    "subset_parts": "subset_parts('2k')",
    "tau_b": "tau_b(abs(fidelity_rating), 1, abs(overall_rating), 0)",
    "softplus": "softplus(cast(rank AS DOUBLE))",
    "effective_trials": "effective_trials(0.25, rank / 128, abs(fidelity_rating), 9)",
    "drawn_share": "drawn_share(9, abs(fidelity_rating), 3)",
    "tuned_log_odds": "tuned_log_odds(cast(rank AS DOUBLE), 0.5, -128.0, 127.0, 0.25, rank > 1)",
    "unit_difference": "unit_difference(cast(rank AS DOUBLE), 0.5, -128.0, 127.0)",
    "whole_number": "whole_number(rank)",
    "known_word": "known_word(split, 'split', 'train,validation,test')",
    "wilson_lower": "wilson_lower(rank, 5)",
    "wilson_upper": "wilson_upper(rank, 5)",
}
OF_GROUPS = {
    "exact_mean": "exact_mean(rank / 128)",
    "exact_ratio": "exact_ratio(rank / 128, overall_rating)",
    "float_mean": "float_mean(rank)",
    "pearson": "pearson(rank, overall_rating, 1)",
    "share": "share(rank = 1)",
}
"""A call of each scalar macro."""


def test_scalar_macros_are_the_same_in_both(hostile: Both) -> None:
    values = {file.name for file in FILES.macros.values() if not file.is_table and not file.spark}
    assert values == OF_ROWS.keys() | OF_GROUPS.keys()
    for calls, rows in ((OF_ROWS, "FROM images"), (OF_GROUPS, "FROM images GROUP BY split")):
        columns = ", ".join(f"{call} AS {name}" for name, call in calls.items())
        hostile.compare_query(query_of(f"SELECT split, {columns} {rows}"), {}, is_ordered=False)


def test_a_wrong_word_is_refused_by_both(hostile: Both) -> None:
    for text in (
        "SELECT * FROM subset_images(in_split := 'tset')",
        "SELECT subset_parts('3k') AS n",
        "SELECT whole_number(1.5) AS n",
    ):
        sentences = []
        for session in (hostile.duck, hostile.spark):
            with pytest.raises(irdb_sql.IrdbError) as caught:
                session.answer(query_of(text))
            sentences.append(caught.value.sentence)
        assert sentences[0].removeprefix("Invalid Input Error: ") in sentences[1]


@full_spark
def test_every_macro_is_the_same_as_a_function_of_the_session(on_both: Both, spark: SparkSession) -> None:
    with irdb_sql.connect() as db:
        names = register(spark, db.source.folder, schema="everything")
    assert set(names) == {*FILES.views, *functions(FILES)}
    for file in MACROS:
        given_by_name = ", ".join(f"{one.name} => {CHOICES[one.name]!r}" for one in parameters(file))
        expected = on_both.duck.call(file.name, [CHOICES[one.name] for one in parameters(file)])
        found = cast("pl.DataFrame", pl.from_arrow(spark.sql(f"SELECT * FROM {file.name}({given_by_name})").toArrow()))  # noqa: S608 - ours
        compare_frames(found, expected, is_ordered=False)
    spark.sql("USE default")


@full_spark
def test_the_facade_judges_scorers_on_spark_to_the_same_bits(on_both: Both, spark: SparkSession) -> None:
    with irdb_sql.connect() as db:
        scores = db.images(split="test").select("image_path", mine=pl.col("rank").cast(pl.Float64))
        expected = db.evaluate(scores, split="test", resamples=20)
    frame = spark.createDataFrame(scores.rename({"mine": "score"}).with_columns(scorer=pl.lit("mine")).to_arrow())
    assert on_both.database.evaluate(cast("Any", frame), split="test", resamples=20).equals(expected)


@full_spark
def test_judges_are_compared_on_spark_to_the_same_bits(on_both: Both) -> None:
    shown = on_both.duck_database.pairs(split="test").select(first_path="better_path", second_path="worse_path")
    swapped = shown.select(first_path="second_path", second_path="first_path").with_columns(verdict=pl.lit("B"))
    judgements = {"j": pl.concat([shown.with_columns(verdict=pl.lit("A")), swapped.head(300)])}
    for method in ("judge_accuracy", "judged_pairs", "judgement_coverage"):
        expected = getattr(on_both.duck_database, method)(judgements, split="test")
        assert getattr(on_both.database, method)(judgements, split="test").equals(expected)


@full_spark
def test_the_baselines_are_judged_among_other_scores_on_spark(on_both: Both) -> None:
    mine = on_both.duck_database.images(split="test").select("image_path", mine=pl.col("rank").cast(pl.Float64))
    expected = on_both.duck_database.evaluate(["baselines", mine], split="test", resamples=20)
    assert on_both.database.evaluate(["baselines", mine], split="test", resamples=20).equals(expected)

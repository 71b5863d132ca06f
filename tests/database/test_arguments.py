"""Arguments of calls: lists of splits work wherever a split does, and values of wrong types are clear errors."""

from __future__ import annotations

import functools
import inspect
import re
from typing import TYPE_CHECKING, Any, is_typeddict

import polars as pl
import pytest

import irdb_sql
import irdb_sql.database.connect as connect_module
import irdb_sql.exports.options as export_options
import irdb_sql.judges.options as judge_options
import irdb_sql.reports.options as report_options
import irdb_sql.scorers.options as score_options
from irdb_sql.core.schema import SPLITS
from irdb_sql.database import filters
from irdb_sql.errors import ArgumentTypeError, NotFoundError, RangeError, UnknownSplitError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from irdb_sql import ImageRewardDB

calls: Any = irdb_sql  # whose types these calls do not have
BOTH: Any = ["test", "validation"]


@pytest.mark.parametrize(
    "method",
    ["images", "groups", "prompts", "ratings", "pairs", "pair_counts", "rating_counts", "rating_stats",
     "rating_correlations", "rating_agreement", "score_coverage"],
)  # fmt: skip
def test_a_list_of_splits_has_the_rows_of_each(db: ImageRewardDB, method: str) -> None:
    def ask(split: Any) -> pl.DataFrame:
        rows: pl.DataFrame = getattr(db, method)(split=split)
        return rows

    both = ask(BOTH)
    assert both.equals(ask("validation,test"))
    parts = pl.concat([ask(split) for split in BOTH])
    assert sorted(map(repr, both.rows())) == sorted(map(repr, parts.rows()))


def test_the_order_of_a_list_of_splits_changes_nothing(db: ImageRewardDB) -> None:
    both = db.pairs(split=BOTH)
    assert both.equals(db.pairs(split=tuple(reversed(BOTH))))
    assert both.equals(db.pairs(split=BOTH, lazy=True).collect())
    assert db.pairs(split=["test"]).equals(db.pairs(split="test"))
    assert db.pairs(split=SPLITS).equals(db.pairs())


def test_a_list_of_splits_may_be_evaluated_and_tuned_on(db: ImageRewardDB) -> None:
    rows = db.evaluate(split=BOTH, metric="acc_micro", resamples=5)
    assert rows["split"].unique().sort().to_list() == sorted(BOTH)
    tuned = db.evaluate(split="train", tune_ties_on=BOTH, metric="acc_eq", resamples=5)
    assert tuned["epsilon"].null_count() == 0
    with pytest.raises(irdb_sql.IrdbError, match="cannot be tuned and evaluated on the same split"):
        db.evaluate(split="test", tune_ties_on=BOTH, resamples=5)


def test_a_list_of_splits_is_opened_queried_exported_and_reported(tmp_path: Path) -> None:
    with irdb_sql.connect(split=BOTH) as db:
        assert [file.split for file in db.source.files] == ["validation", "test"]
        assert db.query("totals", split=BOTH)["images"].sum() == db.images().height
        made = db.export("rows", tmp_path / "rows", split=BOTH, images=False)
        assert {file["split"] for file in made["files"]} == set(BOTH)
        template = tmp_path / "mine.md.jinja"
        template.write_text("{{ ask('totals') | table }}")
        assert '"split": "validation,test"' in irdb_sql.render(db, format="json", split=BOTH, template=template)
        path = db.source.files[0].path
    with pytest.raises(RangeError, match="split cannot be 'validation,test'"):
        irdb_sql.connect(path, split=BOTH)


@pytest.mark.parametrize("split", [["test", "tset"], [], "test,", "test, train", "TEST", "test\n", ["test,train"]])
def test_other_names_of_splits_are_refused(db: ImageRewardDB, split: Any) -> None:
    for ask in (db.images, db.evaluate, functools.partial(db.query, "totals")):
        with pytest.raises(UnknownSplitError):
            ask(split=split)


@pytest.mark.parametrize("split", ["tset", "test,", ",test", "test,tset", "test\n", "", "test train"])
def test_sql_refuses_other_names_of_splits(db: ImageRewardDB, split: str) -> None:
    for macro in ("subset_images", "keyless_rows", "shared_images", "shared_prompts", "repair_plan"):
        arguments = "in_split := $split"
        try:
            rows = db.sql(f"FROM {macro}({arguments})", {"split": split})
        except irdb_sql.IrdbError as error:
            assert "unknown split" in str(error)  # noqa: PT017 - without rows, some macros check no name
        else:
            assert rows.is_empty()
            assert macro != "subset_images"


FRAME = pl.DataFrame({"image": [b"", b""]})
WRONG: dict[str, Callable[[Any, Path], object]] = {
    "a number as source": lambda _db, _path: calls.connect(3),
    "numbers as sources": lambda _db, _path: calls.connect([3]),
    "a frame as source": lambda _db, _path: calls.connect(FRAME),
    "a number as images_root": lambda _db, _path: calls.connect(images_root=3),
    "a number as images": lambda _db, _path: calls.connect(images=3),
    "a number as memory_limit": lambda _db, _path: calls.connect(memory_limit=3),
    "text as threads": lambda _db, _path: calls.connect(threads="2"),
    "text as timeout": lambda _db, _path: calls.connect(timeout="2"),
    "a number as split": lambda db, _path: db.images(split=3),
    "a list as subset": lambda db, _path: db.images(subset=["1k"]),
    "a number as subset": lambda db, _path: db.evaluate(subset=1),
    "numbers as splits": lambda db, _path: db.evaluate(split=[1]),
    "a frame to decode": lambda _db, _path: calls.decode(FRAME),
    "a lazy frame to decode": lambda _db, _path: calls.decode(FRAME.lazy()),
    "text to decode": lambda _db, _path: calls.decode("image.webp"),
    "bytes of one image to decode": lambda _db, _path: calls.decode(b"RIFF"),
    "paths to decode": lambda _db, _path: calls.decode(["image.webp"]),
    "a number to decode": lambda _db, _path: calls.decode(3),
    "a number as size": lambda _db, _path: calls.decode([], size=3),
    "text as size": lambda _db, _path: calls.decode([], size=("1", "2")),
    "bytes as source": lambda _db, _path: calls.connect(b"x"),
    "a number as queries": lambda _db, _path: calls.connect(queries=3),
    "bytes as split": lambda db, _path: db.images(split=b"test"),
    "a flag as number": lambda db, _path: db.pairs(min_rank_gap=True),
    "a set as parameter": lambda db, _path: db.sql("SELECT $k", k={1}),
    "an object as parameter": lambda db, _path: db.sql("SELECT ?", [object()]),
    "an object in a list as parameter": lambda db, _path: db.sql("SELECT $k", k=[[object()]]),
    "an object in a dict as parameter": lambda db, _path: db.sql("SELECT $k", k={"a": object()}),
    "a frame as parameter": lambda db, _path: db.sql("SELECT $k", k=FRAME),
    "a list as number": lambda db, _path: db.pairs(min_rank_gap=[1]),
    "an object as flag": lambda db, _path: db.pairs(keep_ties=object()),
    "a series of Polars": lambda db, _path: db.evaluate(pl.Series([1.0])),
    "a list of numbers": lambda db, _path: db.evaluate([1.0, 2.0]),
    "a number as metric": lambda db, _path: db.evaluate(metric=3),
    "a number as by": lambda db, _path: db.evaluate(by=3),
    "a number as missing": lambda db, _path: db.evaluate(missing=3),
    "text as resamples": lambda db, _path: db.evaluate(resamples="9"),
    "a number as on_error": lambda db, _path: db.images(images=True, on_error=3),
    "a number as statement": lambda db, _path: db.sql(3),
    "a number as params": lambda db, _path: db.sql("SELECT 1", 3),
    "a number as query": lambda db, _path: db.query(3),
    "a number as params of a query": lambda db, _path: db.query("pairs", 3),
    "a number as name": lambda db, _path: db.columns(3),
    "a number as table": lambda db, _path: db.register("mine", 3),
    "a number with images": lambda db, _path: db.with_images(3),
    "a number as format": lambda db, path: db.export(3, path / "x"),
    "a number as target": lambda db, _path: db.export("rows", 3),
    "text as flag": lambda db, path: db.export("pairs", path / "x", keep_ties="yes"),
    "text as number": lambda db, path: db.export("pairs", path / "x", min_rank_gap="2"),
    "a number as side": lambda db, _path: db.check_split(3, "test"),
    "a number as catalog": lambda db, _path: db.write_catalog(3),
    "a number as report": lambda db, _path: calls.render(db, 3),
    "a number as database": lambda _db, _path: calls.render(3),
    "a number as rows": lambda _db, path: calls.write_parquet(3, path / "x.parquet"),
    "a number as folder": lambda _db, _path: calls.download(3),
    "a number as parts": lambda _db, _path: calls.import_parts(3),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_a_value_of_a_wrong_type_is_a_clear_type_error(
    db: ImageRewardDB, tmp_path: Path, call: Callable[[Any, Path], object]
) -> None:
    with pytest.raises(TypeError) as caught:
        call(db, tmp_path)
    assert isinstance(caught.value, irdb_sql.IrdbError)
    assert "\n\nHint: " in str(caught.value)
    assert len(str(caught.value)) < 400
    assert not list(tmp_path.iterdir())


def test_text_that_is_a_number_or_a_truth_value_is_one(db: ImageRewardDB) -> None:
    text: Any = {"min_rank_gap": "2", "keep_ties": "yes"}
    assert db.pairs(split="test", **text).equals(db.pairs(split="test", min_rank_gap=2, keep_ties=True))


def flags_of(function: Any) -> list[str]:
    """Return the parameters of a function, and of its TypedDict of options, that are True or False."""
    flags = []
    for name, parameter in inspect.signature(function).parameters.items():
        options = re.fullmatch(r"Unpack\[(\w+)\]", str(parameter.annotation))
        if options is not None:
            flags += [
                key
                for key, kind in OPTIONS[options[1]].__annotations__.items()
                if getattr(kind, "__forward_arg__", "") == "bool"
            ]
        elif parameter.annotation == "bool":
            flags.append(name)
    return flags


OPTIONS: dict[str, Any] = {
    name: value
    for module in (connect_module, filters, score_options, judge_options, export_options, report_options)
    for name, value in vars(module).items()
    if is_typeddict(value)
}
"""The options that calls take as `**options`, which some modules import for type checkers only."""
PUBLIC: dict[str, Any] = {
    **{f"db.{name}": value for name, value in vars(irdb_sql.ImageRewardDB).items() if not name.startswith("_")},
    **{name: getattr(irdb_sql, name) for name in irdb_sql.__all__},
}
FLAGS = [(called, flag) for called, value in PUBLIC.items() if inspect.isfunction(value) for flag in flags_of(value)]
REQUIRED: dict[str, Callable[[Any, Path], tuple[object, ...]]] = {
    "db.sql": lambda _db, _path: ("SELECT 1",),
    "db.query": lambda _db, _path: ("pairs",),
    "db.export": lambda _db, path: ("pairs", path / "x"),
    "db.export_images": lambda _db, path: (FRAME, path / "x"),
    "db.write_catalog": lambda _db, path: (path / "x.duckdb",),
    "render": lambda db, _path: (db,),
    "download": lambda _db, path: (path / "x",),
    "import_parts": lambda _db, path: (path,),
}
"""The arguments that a call cannot do without."""
IN_SQL = {"by_classification", "keep_ties"}
"""Parameters of queries, for which text is cast as in SQL and on the command line."""


def test_flags_are_found() -> None:
    assert {("db.sql", "lazy"), ("db.evaluate", "allow_same_split"), ("render", "blur"), ("connect", "trusted")} <= {
        *FLAGS
    }


@pytest.mark.parametrize(("called", "flag"), FLAGS, ids=[f"{called}({flag})" for called, flag in FLAGS])
@pytest.mark.parametrize("value", ["yes", "False", 1, None])
def test_a_flag_is_true_or_false(db: ImageRewardDB, tmp_path: Path, called: str, flag: str, value: object) -> None:
    required = REQUIRED[called](db, tmp_path) if called in REQUIRED else ()
    call = functools.partial(PUBLIC[called], *((db,) if called.startswith("db.") else ()), *required)
    if flag in IN_SQL and called != "db.export":
        with pytest.raises(irdb_sql.IrdbError, match=flag):
            call(**{flag: "perhaps"})
        return
    with pytest.raises(ArgumentTypeError, match=f"{flag} cannot be"):
        call(**{flag: value})
    assert not list(tmp_path.iterdir())


def test_a_wrong_value_is_no_type_error(db: ImageRewardDB) -> None:
    with pytest.raises(RangeError) as caught:
        db.evaluate(resamples=0)
    assert not isinstance(caught.value, ArgumentTypeError)
    with pytest.raises(NotFoundError):
        calls.connect("3")
    with pytest.raises(RangeError, match="size cannot be"):
        calls.decode([], size=(0, 5))


@pytest.mark.parametrize("gap", [0, -1, 10**30, -(10**400), "0", "-3", "99999999999", float("inf"), float("nan")])
def test_a_gap_of_ranks_that_cannot_be_is_refused(db: ImageRewardDB, gap: Any) -> None:
    for ask in (db.pairs, db.rating_agreement, functools.partial(db.query, "pairs")):
        with pytest.raises(RangeError, match="min_rank_gap cannot be"):
            ask(min_rank_gap=gap)


@pytest.mark.parametrize(
    ("value", "words"),
    [(2**128, "at most 128 bits"), ([-(2**200)], "at most 128 bits"), ("\ud800", "UTF-8"), ({"a": "\udfff"}, "UTF-8")],
)
def test_a_parameter_that_the_engine_cannot_hold_is_refused(db: ImageRewardDB, value: Any, words: str) -> None:
    for text, params in (("SELECT $k", {"k": value}), ("SELECT ?", [value])):
        with pytest.raises(RangeError, match=r"the parameter \$(k|1) cannot be") as raised:
            db.sql(text, params)
        assert words in str(raised.value)


def test_a_table_without_columns_has_no_chart(db: ImageRewardDB) -> None:
    with pytest.raises(RangeError, match="the frame of a chart cannot be 'a table without columns'"):
        db.plot(pl.DataFrame())

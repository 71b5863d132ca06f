"""Judges of two images: accuracies and uses against plain Python, on ranks and votes, and refusals with the reason."""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.strategies import Row, datasets
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from oracles import judges as oracle

import irdb_sql
from irdb_sql.errors import ChoiceError, IrdbError, RangeError
from irdb_sql.judges.errors import UnusableJudgementError
from irdb_sql.judges.intervals import with_intervals
from irdb_sql.scorers.errors import NoScorersError, ScoreColumnError
from irdb_sql.sources.sample.layouts.base import SampleOptions
from irdb_sql.sources.sample.layouts.registry import write_layout_sample

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

COLUMNS = ("judge", "first_path", "second_path", "prompt_id", "verdict")
SHARES = (
    "accuracy", "consistency", "first_share", "accuracy_better_first", "accuracy_worse_first", "consistent_accuracy",
)  # fmt: skip
VERDICTS = ("first", "second", "tie", "A", " b\n", "[[C]]", "A>>B", "model_b", "1", "", "neither", None)


def table(rows: list[Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, dict.fromkeys(COLUMNS, pl.String), orient="row")


@settings(max_examples=3, phases=(Phase.explicit, Phase.generate))
@given(rows=datasets(), data=st.data())
def test_accuracies_pairs_and_uses_are_those_of_the_oracle(rows: list[Row], data: st.DataObject) -> None:
    paths = st.sampled_from([*sorted({row["image_path"] for row in rows}), "nowhere.webp", None])
    ids = st.one_of(st.none(), st.none(), st.sampled_from([row["prompt_id"] for row in rows] or ["p"]))
    verdicts = st.one_of(st.sampled_from(VERDICTS[:3]), st.sampled_from(VERDICTS))
    some = st.tuples(st.sampled_from(["a", "<b>"]), paths, paths, ids, verdicts)
    judgements = [*data.draw(st.lists(some, min_size=1, max_size=10))]
    shown = [(one["image_path"], other["image_path"]) for one in rows for other in rows
             if (one["split"], one["prompt_id"]) == (other["split"], other["prompt_id"])]  # fmt: skip
    if shown:
        of_pairs = st.tuples(st.sampled_from(["a", "<b>"]), st.sampled_from(shown), verdicts)
        judgements += [(judge, *pair, None, said) for judge, pair, said in data.draw(st.lists(of_pairs, max_size=80))]
    split = data.draw(st.sampled_from([None, "test"]))
    with (
        tempfile.TemporaryDirectory() as folder,
        irdb_sql.connect(write_metadata(Path(folder), rows)) as db,
    ):
        images = db.images().rows(named=True)
        uses, pairs = oracle.uses(images, judgements, split)
        check_uses(db, judgements, uses, split)
        check_pairs(db, judgements, pairs, split)
        check_accuracies(db, images, judgements, pairs, split)


def check_uses(db: ImageRewardDB, judgements: list[Any], uses: list[str], split: Any) -> None:
    expected = []
    for judge in sorted({judge for judge, *_ in judgements}):
        found = [use for (of, *_), use in zip(judgements, uses, strict=True) if of == judge]
        expected.append((judge, len(found), *(found.count(use) for use in oracle.USES)))
    assert db.judgement_coverage(table(judgements), split=split).rows() == expected
    everywhere, _ = oracle.uses(db.images().rows(named=True), judgements, None)
    faulty = [use for use in everywhere if use in oracle.USES[4:]]
    if split is None and faulty:
        with pytest.raises(UnusableJudgementError) as caught:
            db.judge_accuracy(table(judgements))
        assert caught.value.fault == faulty[0]


def check_pairs(db: ImageRewardDB, judgements: list[Any], pairs: oracle.Pairs, split: Any) -> None:
    actual = {
        (row["judge"], row["better_row"], row["worse_row"]): row
        for row in db.judged_pairs(table(judgements), split=split, missing="drop").iter_rows(named=True)
    }
    assert actual.keys() == pairs.keys()
    assert list(actual) == sorted(actual)
    points = {"better": 1.0, "tie": 0.5, "worse": 0.0}
    for key, said in pairs.items():
        row = actual[key]
        assert (row["better_shown_first"], row["worse_shown_first"]) == (said.get("better"), said.get("worse"))
        assert row["is_tied"] == (row["rank_gap"] == 0)
        right = oracle.mean([points[each] for each in said.values()])
        assert row["right_share"] == (None if row["is_tied"] else right)
        assert row["is_consistent"] == (said["better"] == said["worse"] if len(said) == 2 else None)


def check_accuracies(
    db: ImageRewardDB, images: list[Any], judgements: list[Any], pairs: oracle.Pairs, split: Any
) -> None:
    rows = {row["row_index"]: row for row in images}
    strict: dict[Any, list[Any]] = defaultdict(list)
    for (judge, better, worse), said in pairs.items():
        if rows[better]["rank"] != rows[worse]["rank"]:
            strict[judge, rows[better]["split"]].append(said)
    actual = db.judge_accuracy(table(judgements), split=split, missing="drop")
    splits = sorted({row["split"] for row in images if split in (None, row["split"])})
    judges = sorted({judge for judge, *_ in judgements})
    assert actual.select("judge", "split").rows() == [(judge, of) for of in splits for judge in judges]
    counts = {row["split"]: row["strict_pairs"] for row in db.pair_counts().iter_rows(named=True)}
    for row in actual.iter_rows(named=True):
        expected = oracle.accuracy(strict[row["judge"], row["split"]])
        assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-12)
        assert row["strict_pairs"] == counts[row["split"]]
        assert row["coverage"] == (row["pairs"] / row["strict_pairs"] if row["strict_pairs"] else None)
        for name in SHARES:
            lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
            assert (lower is None) == (upper is None)
            assert lower is None or 0 <= lower <= row[name] <= upper <= 1


def test_a_worked_example(tmp_path: Path) -> None:
    """Two prompts of three images, a before b and c, which are tied in p."""
    rows = [image("p", f"p{name}", rank) for name, rank in (("a", 1), ("b", 2), ("c", 2))]
    rows += [image("q", f"q{name}", rank) for name, rank in (("a", 1), ("b", 2), ("c", 3))]
    said = [
        ("pa", "pb", "A"), ("pb", "pa", "B"),  # right in both orders
        ("pa", "pc", "A"), ("pc", "pa", "A"),  # the first one in both orders
        ("qa", "qb", "C"), ("qb", "qa", "B"),  # a tie, and right
        ("qa", "qc", "B"), ("qc", "qa", "A"),  # wrong in both orders
        ("qc", "qb", "A"),  # wrong, in one order
        ("pb", "pc", "A"), ("pc", "pb", "A"),  # people tied them
    ]  # fmt: skip
    judgements = pl.DataFrame(said, ["FIRST_PATH", "Second_Path", "verdict"], orient="row")
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        (row,) = db.judge_accuracy({"gpt": judgements}).rows(named=True)
        assert [row[name] for name in SHARES] == pytest.approx([0.5125, 0.5, 4 / 7, 2.5 / 4, 2 / 5, 1 / 2])
        counts = ("judgements", "judge_ties", "prompts", "pairs", "both_orders", "strict_pairs", "tied_pairs")
        assert [row[name] for name in counts] == [9, 1, 2, 5, 4, 5, 1]
        pairs = db.judged_pairs({"gpt": judgements})
        assert pairs.select("better_shown_first", "worse_shown_first", "right_share", "is_consistent").rows() == [
            ("better", "better", 1.0, True), ("better", "worse", 0.5, False), ("better", "worse", None, False),
            ("tie", "better", 0.75, False), ("worse", "worse", 0.0, True), (None, "worse", 0.0, None),
        ]  # fmt: skip
        db.register("judged", pairs)
        assert db.sql("SELECT count(*) FROM judged WHERE right_share < 1").item() == 4


@pytest.mark.parametrize("name", ["mmrb2", "pickapic"])
def test_a_judge_that_repeats_the_votes_is_always_right(tmp_path: Path, name: str) -> None:
    write_layout_sample(tmp_path, name, SampleOptions(pairs=30))
    with irdb_sql.connect(tmp_path) as db:
        votes = db.query("vote_pairs")
        shown = votes.select("prompt_id", first_path="better_path", second_path="worse_path").unique()
        swapped = shown.select("prompt_id", first_path="second_path", second_path="first_path")
        both = pl.concat([shown.with_columns(verdict=pl.lit("A")), swapped.with_columns(verdict=pl.lit("B"))])
        accuracies = db.judge_accuracy({"people": both})
        judged = accuracies.filter(pl.col("strict_pairs") > 0)
        assert judged.height
        for share in ("accuracy", "consistency", "consistent_accuracy", "coverage"):
            assert set(judged[share]) == {1.0}
        assert set(judged["first_share"]) == {0.5}
        assert accuracies["tied_pairs"].sum() == votes["is_tied"].sum()
        coverage = db.judgement_coverage({"people": both}).row(0, named=True)
        assert coverage["strict_judgements"] + coverage["tied_judgements"] == coverage["judgements"] == both.height


def shown_pairs(prompts: int, *, one_order: bool, seed: int = 0) -> list[list[dict[str, str]]]:
    """Verdicts of a judge that prefers the first place, on one to five pairs of each prompt."""
    noise = random.Random(seed)  # noqa: S311 - a sample, no secret
    share = {"better": 0.85, "worse": 0.45}
    made = []
    for _ in range(prompts):
        ease = noise.choice([-0.15, 0.15])
        orders = [
            [noise.choice(["better", "worse"])] if one_order else ["better", "worse"]
            for _ in range(noise.randint(1, 5))
        ]
        made.append(
            [{order: "better" if noise.random() < share[order] + ease else "worse" for order in of} for of in orders]
        )
    return made


@pytest.mark.parametrize("one_order", [True, False])
def test_the_interval_of_the_mean_of_orders_has_the_error_of_a_jackknife(*, one_order: bool) -> None:
    prompts = shown_pairs(400, one_order=one_order)
    rows = [
        {"judge": "j", "split": "test", "prompt_id": f"{number:03}"}
        | dict.fromkeys(
            ("consistent", "both_orders", "consistent_right", "toward_first", "toward_second", "decided"), 0
        )
        | {
            f"{order}_first{what}": float(sum(pair.get(order) in said for pair in prompt))
            for order in ("better", "worse")
            for what, said in (("", ("better", "worse")), ("_right", ("better",)))
        }
        for number, prompt in enumerate(prompts)
    ]
    value = oracle.accuracy(pair for prompt in prompts for pair in prompt)["accuracy"]
    accuracies = pl.DataFrame([{"judge": "j", "split": "test", "accuracy": value}])
    row = with_intervals(accuracies, pl.DataFrame(rows), 0.95).row(0, named=True)
    assert row["accuracy_lower"] < value < row["accuracy_upper"]
    error = (row["accuracy_upper"] - row["accuracy_lower"]) / (2 * 1.966)
    assert error == pytest.approx(oracle.jackknife_error(prompts), rel=0.03)


def test_intervals_are_of_prompts_and_not_empty_where_all_are_right(tmp_path: Path) -> None:
    rows = [
        image(f"p{number:02}", f"{number}{name}", rank) for number in range(23) for name, rank in (("a", 1), ("b", 2))
    ]
    judgements = [("j", f"{number}a.webp", f"{number}b.webp", None, "first") for number in range(23)]
    judgements += [(judge, second, first, None, "second") for judge, first, second, _, _ in judgements]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        (row,) = db.judge_accuracy(table(judgements)).rows(named=True)
        lower = db.sql("SELECT wilson_lower(23, 23)").item()
        for name in ("accuracy", "accuracy_better_first", "consistency", "consistent_accuracy"):
            assert (row[name], row[f"{name}_lower"], row[f"{name}_upper"]) == (1, pytest.approx(lower), 1)
        assert (row["first_share_lower"], row["first_share_upper"]) == pytest.approx((lower / 2, 1 - lower / 2))
        tied = db.judge_accuracy(table([(*each[:4], "tie") for each in judgements])).row(0, named=True)
        assert (tied["accuracy_lower"], tied["accuracy_upper"]) == pytest.approx((lower / 2, 1 - lower / 2))
        one = db.judge_accuracy(table([judgements[0]])).row(0, named=True)
        assert (one["accuracy"], one["accuracy_better_first"], one["consistency"]) == (None, 1, None)
        assert one["accuracy_better_first_lower"] is None  # of one prompt
        narrow = db.judge_accuracy(table(judgements[::-1]), confidence=0.5)
        assert narrow["accuracy_lower"].item() > row["accuracy_lower"]
        shares = pl.exclude("^.*_(lower|upper)$")
        assert narrow.select(shares).row(0, named=True).items() <= row.items()


def test_a_judge_that_follows_scores_has_their_accuracy_and_its_interval(db: ImageRewardDB) -> None:
    number = pl.col("first_path", "second_path").str.split("/").list.last().str.slice(0, 8).str.to_integer(base=16)
    shown = db.pairs(split="test").select(first_path="better_path", second_path="worse_path")
    both = pl.concat([shown, shown.select(first_path="second_path", second_path="first_path")])
    first, second = both.select(number)
    judgements = both.with_columns(verdict=pl.Series((first > second).replace_strict({True: "A", False: "B"})))
    (row,) = db.judge_accuracy({"uuid": judgements}, split="test").rows(named=True)
    scores = db.evaluate(split="test", metric="acc_micro").filter(scorer="uuid").row(0, named=True)
    expected = (scores["value"], scores["lower"], scores["upper"])
    assert (row["accuracy"], row["accuracy_lower"], row["accuracy_upper"]) == pytest.approx(expected, abs=1e-12)
    assert (row["consistency"], row["first_share"], row["pairs"]) == (1, 0.5, scores["pairs"])


def test_images_are_called_as_in_scores_and_judges_by_column_mapping_or_file(db: ImageRewardDB, tmp_path: Path) -> None:
    pairs = db.pairs(split="test").head(2).select(first_path="better_path", second_path="worse_path")
    names = pairs.with_columns(pl.all().str.split("/").list.last().str.strip_suffix(".webp"), verdict=pl.lit("A"))
    file_names = pl.all().str.split("/").list.last().str.to_uppercase()
    odd = pairs.with_columns(file_names.str.replace("^", "C:/images/").str.replace_all("/", "\\", literal=True))
    odd = odd.with_columns(verdict=pl.lit("a"))
    names.write_csv(tmp_path / "gpt.csv")
    odd.write_ndjson(tmp_path / "odd.jsonl")
    both = db.judge_accuracy([tmp_path / "gpt.csv", {"mine": tmp_path / "odd.jsonl"}], split="test")
    assert both.select("judge", "accuracy_better_first", "pairs").rows() == [("gpt", 1.0, 2), ("mine", 1.0, 2)]
    forward = names.with_columns(judge=pl.lit("one"))
    reverse = forward.rename({"first_path": "second_path", "second_path": "first_path"})
    assert db.judge_accuracy([forward, reverse.to_pandas()], split="test")["both_orders"].to_list() == [2]
    assert db.judge_accuracy(names.with_columns(judge=pl.lit("x")).to_arrow(), subset="1k")[
        "judge"
    ].unique().to_list() == ["x"]


ROW = {"judge": "j", "first_path": "a", "second_path": "b", "verdict": "A"}
WRONG: dict[str, tuple[Any, type[IrdbError], str]] = {
    "no verdict": ([{"first_path": "a", "second_path": "b"}], ScoreColumnError, "has no column verdict"),
    "no image": ([{"image": "a", "verdict": "A"}], ScoreColumnError, "has no column first_path"),
    "no name": ([{**ROW, "judge": None}], ScoreColumnError, "names no judge in row 1"),
    "lists": ([{**ROW, "verdict": ["A"]}], ScoreColumnError, "has no texts in the column 'verdict'"),
    "no row": (pl.DataFrame(schema=dict.fromkeys(ROW, pl.String)), NoScorersError, "there are no rows"),
    "unknown": ([ROW], UnusableJudgementError, "names an image that this source does not have"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_judgement_is_refused(db: ImageRewardDB, case: str) -> None:
    given_rows, error, text = WRONG[case]
    with pytest.raises(error, match=text):
        db.judge_accuracy(pl.DataFrame(given_rows), split="test")


def test_wrong_verdicts_and_options_are_refused_with_the_value(db: ImageRewardDB) -> None:
    first, second = db.pairs(split="test").row(0, named=True), db.pairs(split="train").row(0, named=True)
    pair = {"first_path": first["better_path"], "second_path": first["worse_path"]}
    texts = {
        "has the verdict '1', which names neither image, nor a tie": [{**pair, "verdict": 1}],
        "has no verdict": [{**pair, "verdict": None}],
        "compares an image with itself": [{**pair, "second_path": pair["first_path"], "verdict": "A"}],
        "compares images of different prompts": [{**pair, "second_path": second["better_path"], "verdict": "A"}],
        "are not both of the prompt 'x'": [{**pair, "verdict": "A", "prompt_id": "x"}],
        "is given again": [{**pair, "verdict": "A"}, {**pair, "verdict": "first"}],
        r"contradicts another one .*; 2 judgements in all": [{**pair, "verdict": "A"}, {**pair, "verdict": "B"}],
    }
    for text, rows in texts.items():
        with pytest.raises(UnusableJudgementError, match=text):
            db.judged_pairs({"j": pl.DataFrame(rows)}, split="test")
        assert db.judged_pairs({"j": pl.DataFrame(rows)}, split="test", missing="drop").height == ("again" in text)
    judgements = {"j": pl.DataFrame([{**pair, "verdict": "A"}])}
    with pytest.raises(ChoiceError):
        db.judge_accuracy(judgements, missing="keep")  # type: ignore[arg-type] # what is refused
    with pytest.raises(RangeError):
        db.judge_accuracy(judgements, confidence=1.0)
    with pytest.raises(ScoreColumnError, match="does not name its judge"):
        db.judge_accuracy(judgements["j"])
    with pytest.raises(ScoreColumnError, match="is called 'k' and has judgements of several judges"):
        db.judge_accuracy({"k": pl.DataFrame([{**pair, "verdict": "A", "judge": name} for name in "ab"])})


def test_images_of_several_prompts_need_the_prompt(tmp_path: Path) -> None:
    """Of a list of pairs, the same two images stand under two prompts, which people judged in opposite ways."""
    votes = tmp_path / "votes.csv"
    votes.write_text("prompt,first,second,label\ncat,a.png,b.png,A\ndog,a.png,b.png,B\n")
    with irdb_sql.connect(votes) as db:
        ids = db.images().unique("prompt_id", maintain_order=True)["prompt_id"]
        judgement = {"first_path": "a.png", "second_path": "b.png", "verdict": "first"}
        with pytest.raises(UnusableJudgementError, match="in several prompts, and says not in which"):
            db.judge_accuracy({"j": pl.DataFrame([judgement])})
        assert db.judgement_coverage({"j": pl.DataFrame([judgement])})["ambiguous_judgements"].to_list() == [1]
        named = pl.DataFrame([judgement, *({**judgement, "prompt_id": name} for name in ids)])
        pairs = db.judged_pairs({"j": named}, missing="drop")
        assert pairs.select("prompt_id", "right_share").rows() == [(ids[0], 1.0), (ids[1], 0.0)]


def test_judgements_of_other_splits_and_of_images_left_out_are_no_faults(db: ImageRewardDB) -> None:
    pairs = (
        db.pairs().filter(pl.col("split") != "validation").select(first_path="better_path", second_path="worse_path")
    )
    judgements = {"j": pairs.with_columns(verdict=pl.lit("tie"))}
    row = db.judge_accuracy(judgements, split="test").row(0, named=True)
    assert (row["accuracy_better_first"], row["pairs"], row["judge_ties"]) == (0.5, 651, 651)
    assert db.judgement_coverage(judgements, split="test")["outside_judgements"].item() == 3959
    classes = db.query("classifications")["classification"].to_list()
    with irdb_sql.connect(classification=classes[0]) as few:
        counted = few.judgement_coverage(judgements).row(0, named=True)
        assert counted["strict_judgements"] == few.judge_accuracy(judgements)["pairs"].sum() > 0
        assert counted["strict_judgements"] + counted["outside_judgements"] == pairs.height


def test_without_judgements_and_without_images_there_are_no_rows(db: ImageRewardDB, tmp_path: Path) -> None:
    for name in ("judge_accuracy", "judged_pairs", "judgement_coverage", "judgement_faults"):
        assert db.query(name).is_empty()
    with irdb_sql.connect(write_metadata(tmp_path, [])) as empty:
        judgements = table([("j", "a", "b", None, "A")])
        assert (
            empty.judge_accuracy(judgements, missing="drop").schema
            == db.judge_accuracy(judgements, missing="drop").schema
        )
        assert empty.judgement_coverage(judgements)["unknown_judgements"].to_list() == [1]

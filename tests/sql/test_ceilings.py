"""How far people agree, against a plain-Python oracle that goes through every annotator, half and order."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from oracles import ceilings as oracle

import irdb_sql

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

COUNTS = ("votes_1", "votes_2", "tied_votes")
counts = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2))


def write_votes(folder: Path, pairs: list[tuple[str, tuple[int, int, int]]]) -> Path:
    """Write one row per pair, of images of its own: its prompt, and the votes for the first image, the second and none."""
    path = folder / "votes.csv"
    pl.DataFrame(
        [(prompt, f"{place}/a", f"{place}/b", *votes) for place, (prompt, votes) in enumerate(pairs)],
        schema=["prompt", "image_1", "image_2", *COUNTS],
        orient="row",
    ).write_csv(path)
    return path


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.slow
@settings(max_examples=8, phases=(Phase.explicit, Phase.generate))
@given(pairs=st.lists(st.tuples(st.sampled_from("pqr"), counts.filter(sum)), min_size=1, max_size=7))
def test_ceilings_are_those_of_the_oracle(pairs: list[tuple[str, tuple[int, int, int]]]) -> None:
    votes = [(prompt, [1] * first + [-1] * second + [0] * tied) for prompt, (first, second, tied) in pairs]
    with (
        tempfile.TemporaryDirectory() as folder,
        irdb_sql.connect(write_votes(Path(folder), pairs)) as db,
    ):
        judged = oracle.judgements(votes)
        rows = db.query("human_ceilings").rows_by_key("ceiling", named=True, unique=True)
        assert rows.keys() == judged.keys()
        for ceiling, of in judged.items():
            row, prompts = rows[ceiling], len({prompt for prompt, _, _ in of})
            (quantile,) = db.sql("SELECT student_quantile($p - 1)", {"p": prompts}).row(0)
            assert row["accuracy"] == close(float(oracle.accuracy(of)))
            expected = oracle.bounds(of, quantile) if prompts > 1 else None
            assert (row["lower"], row["upper"]) == (close(expected) if expected else (None, None))
            assert (row["judgements"], row["prompts"]) == (sum(number for _, number, _ in of), prompts)
            assert row["pairs"] == len(of) or ceiling != "annotator_label"
        check_alpha(db, [of for _, of in votes])


def check_alpha(db: ImageRewardDB, votes: list[list[int]]) -> None:
    found = db.query("krippendorff_alpha")
    if (disagreement := oracle.alpha(votes)) is None:
        assert found.is_empty()
        return
    (row,) = found.rows(named=True)
    observed, expected = disagreement
    assert (row["observed"], row["expected"]) == close(disagreement)
    assert row["alpha"] == (None if expected < 1e-12 else close(1 - observed / expected))
    if row["lower"] is not None:
        assert row["lower"] <= row["alpha"] + 1e-12
        assert row["alpha"] <= row["upper"] + 1e-12


def test_ceilings_of_three_annotators_a_pair(tmp_path: Path) -> None:
    """Of 1,000 pairs, all agree on 789; the shares are those of Multimodal RewardBench 2."""
    pairs = [(f"p{place}", (3, 0, 0) if place < 789 else (1, 2, 0)) for place in range(1000)]
    with irdb_sql.connect(write_votes(tmp_path, pairs)) as db:
        found = db.query("human_ceilings").select("ceiling", pl.col("accuracy").round(3), "judgements")
        assert found.rows() == [
            ("annotator_label", 0.930, 3000),
            ("annotator_others", 0.918, 2578),
            ("annotator_pairs", 0.859, 3000),
            ("split_halves", 0.859, 1000),
        ]
        (row,) = db.query("krippendorff_alpha").rows(named=True)
        assert (round(row["observed"], 6), round(row["alpha"], 4)) == (0.140667, 0.7185)


def test_a_second_vote_of_an_annotator_counts_like_that_of_another(tmp_path: Path) -> None:
    def found(annotators: str) -> list[list[Any]]:
        rows = zip("ppq", annotators, ("first", "first", "second"), strict=True)
        lines = [f"{prompt},{prompt}a,{prompt}b,{label},{annotator}" for prompt, annotator, label in rows]
        lines += ["q,qa,qb,first,w", "q,qb,qa,second,w"]
        (tmp_path / "votes.csv").write_text("\n".join(["prompt,first,second,label,annotator", *lines]))
        with irdb_sql.connect(tmp_path / "votes.csv") as db:
            return [db.query(name).rows() for name in ("human_ceilings", "krippendorff_alpha")]

    # u agrees with himself on p, and so does w on q against u: the same as two other people.
    assert found("uuu") == found("uvu")
    accuracies = {row[1]: row[2] for row in found("uuu")[0]}
    assert accuracies["annotator_label"] == close(4 / 5)
    assert accuracies["annotator_others"] == close(2 / 3)


def test_people_who_always_agreed_may_disagree_tomorrow(tmp_path: Path) -> None:
    with irdb_sql.connect(write_votes(tmp_path, [(f"p{place}", (2, 0, 0)) for place in range(23)])) as db:
        for accuracy, lower, upper in db.query("human_ceilings").select("accuracy", "lower", "upper").iter_rows():
            assert (accuracy, upper) == (1, 1)
            assert 0.8 < lower < 0.9
        (row,) = db.query("krippendorff_alpha").rows(named=True)
        assert (row["alpha"], row["upper"]) == (1, 1)
        assert 0.6 < row["lower"] < 0.8


def test_one_prompt_has_no_interval_and_one_vote_no_agreement(tmp_path: Path) -> None:
    with irdb_sql.connect(write_votes(tmp_path, [("p", (2, 1, 0)), ("p", (1, 0, 0))])) as db:
        assert set(db.query("human_ceilings").select("lower", "upper").iter_rows()) == {(None, None)}
        assert db.query("krippendorff_alpha")["lower"].to_list() == [None]
    with irdb_sql.connect(write_votes(tmp_path, [("p", (1, 0, 0)), ("q", (0, 0, 1))])) as db:
        assert db.query("human_ceilings").is_empty()
        assert db.query("krippendorff_alpha").is_empty()


def test_votes_of_a_whole_planet_are_counted(tmp_path: Path) -> None:
    pairs = [(name, (9_000_000_000_000_000, 1_000_000_000_000_000, 0)) for name in "pq"]
    with irdb_sql.connect(write_votes(tmp_path, pairs)) as db:
        found = db.query("human_ceilings")
        assert found["ceiling"].to_list() == ["annotator_label", "annotator_others", "annotator_pairs"]
        assert found["accuracy"].to_list() == close([0.9, 0.9, 0.82])
        assert db.query("krippendorff_alpha")["alpha"].to_list() == close([1 - 0.18 / (1 - (1 + 0.8**2 / 2) / 2)])


def test_annotations_of_a_text_are_compared_on_the_images_that_they_share(tmp_path: Path) -> None:
    def annotation(name: str, ranks: dict[str, int | None], prompt: str = "text") -> list[Any]:
        return [image(name, f"{name}-{of}", rank, prompt=prompt) | {"image_path": f"images/test/test_1/{name}/{of}.webp"}
                for of, rank in ranks.items()]  # fmt: skip

    rows = [
        *annotation("p", {"a": 1, "b": 2, "c": 3, "d": 4}),
        *annotation("q", {"a": 1, "b": 2, "c": 2, "e": 3}),
        *annotation("r", {"x": 1, "y": 2}, "other text"),
        *annotation("s", {"x": 2, "y": 1, "z": None}, "other text"),
    ]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        overlaps = db.query("annotation_overlaps").select(
            "prompt_id", "shared_pairs", "strict_pairs", "same_pairs", "opposite_pairs"
        )
        assert overlaps.rows() == [("p", 3, 3, 2, 0), ("q", 3, 2, 2, 0), ("r", 1, 1, 0, 1), ("s", 1, 1, 0, 1)]
        (row,) = db.query("human_ceilings").rows(named=True)
        assert row["accuracy"] == close(4.5 / 7)
        assert (row["ceiling"], row["judgements"], row["pairs"], row["prompts"]) == ("annotations", 7, 7, 2)
        assert row["lower"] < row["accuracy"] < row["upper"]
        shares = db.query("ceiling_shares").rows_by_key("scorer", named=True, unique=True)
        assert shares["ceiling"]["share_of_ceiling"] == close(7 / 4.5)
        assert shares["ceiling"]["ceiling_accuracy"] == row["accuracy"]


def test_empty_data_has_no_ceiling(tmp_path: Path) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [])) as db:
        for name in ("human_ceilings", "ceiling_shares", "krippendorff_alpha"):
            assert db.query(name).is_empty()


def test_the_quantile_of_student_is_that_of_tables(db: ImageRewardDB) -> None:
    tables = {1: 12.7062, 2: 4.3027, 3: 3.1824, 5: 2.5706, 10: 2.2281, 30: 2.0423, 120: 1.9799}
    found: dict[int, float] = defaultdict(float)
    for degrees in tables:
        (found[degrees],) = db.sql("SELECT student_quantile($d)", {"d": degrees}).row(0)
    assert found == pytest.approx(tables, rel=2e-3)
    assert found[10] == pytest.approx(tables[10], rel=3e-5)

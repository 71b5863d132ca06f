"""Votes of tables that Hypothesis makes, against an independent count in plain Python."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracles import layouts as oracle

import irdb_sql
from irdb_sql import ImageRewardDB

Row = dict[str, str]
pytestmark = pytest.mark.filterwarnings("ignore::irdb_sql.sources.kinds.errors.VotelessRowsWarning")

MARGINS = [None, Fraction(0), Fraction(1, 8), Fraction(1, 2)]
_NAMES = (
    "split", "prompt_id", "better_path", "worse_path", "votes", "better_votes", "worse_votes", "tied_votes", "is_tied", "share",
)  # fmt: skip


@st.composite
def vote_tables(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[Row]:
    """Rows of few prompts and images: labels or counts, in both orders, repeated, with ties, weights and generators."""
    prompts = st.sampled_from(["p", "P", 'a "fox", two\nlines', "=1+1"])
    paths = st.sampled_from(["a.png", "B.png", "é.png", "z/1.png"])
    generators = {path: draw(st.sampled_from(["", "m", "n", "o"])) for path in ("a.png", "B.png", "é.png", "z/1.png")}
    has_counts, has_weights = draw(st.booleans()), draw(st.booleans())
    count = st.integers(0, 4).map(str)
    rows = []
    for _ in range(draw(st.integers(1, 40))):
        first, second = draw(st.lists(paths, min_size=2, max_size=2, unique=True))
        row = {"prompt": draw(prompts), "first": first, "second": second}
        if has_counts:
            row |= {"first_votes": draw(count), "second_votes": draw(count), "tied_votes": draw(count | st.just(""))}
        else:
            row |= {"label": draw(st.sampled_from(["first", "second", "tie"]))}
        if has_weights:
            row["weight"] = draw(st.sampled_from(["", "0", "0.5", "1", "2", "0.1", "0.3", "1000"]))
        row |= {
            "annotator": draw(st.sampled_from(["", "u", "v"])),
            "split": draw(st.sampled_from(["", "train", "test"])),
        }
        rows.append(row | {"first_model": generators[first], "second_model": generators[second]})
    return rows


def write_rows(folder: Path, rows: list[Row]) -> Path:
    path = folder / "votes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def described(pair: oracle.VotedPair) -> tuple[Any, ...]:
    numbers = pair.votes, pair.better_votes, pair.worse_votes, pair.tied_votes, pair.is_tied
    return pair.split, pair.prompt_id, pair.better, pair.worse, *numbers


def counted(db: ImageRewardDB, **params: Any) -> dict[tuple[Any, ...], float]:
    text = f"SELECT {', '.join(_NAMES)} FROM vote_pairs(min_votes := $votes, tie_margin := $margin)"  # noqa: S608
    rows = db.sql(text, params).rows()
    pairs = {row[:-1]: row[-1] for row in rows}
    assert len(pairs) == len(rows)
    return pairs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("votes")


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])  # of many pairs each
@given(
    rows=vote_tables(),
    seed=st.integers(0, 99),
    min_votes=st.sampled_from([None, 1, 2, 5]),
    margin=st.sampled_from(MARGINS),
)
def test_pairs_of_any_votes_are_those_of_the_oracle_in_any_order_of_rows(
    folder: Path, rows: list[Row], seed: int, min_votes: int | None, margin: Fraction | None
) -> None:
    path = write_rows(folder, rows)
    labels = oracle.read_pairs(folder)
    pairs = oracle.vote_pairs(labels, min_votes, margin)
    expected = {described(pair): float(pair.share) for pair in pairs}
    params = {"votes": min_votes, "margin": None if margin is None else float(margin)}
    with irdb_sql.connect(path) as db:
        assert counted(db, **params) == pytest.approx(expected)
        wins = db.sql("SELECT generator, other_generator, prompts, wins, ties, losses FROM generator_wins()").rows()
        assert {row[:2]: row[2:] for row in wins} == oracle.generator_wins(labels)
        uncompared = oracle.uncompared_pairs(labels)
        assert db.sql("FROM uncompared_pairs()").rows() == ([uncompared] if uncompared[0] else [])
        strict = [pair[:-1] for pair in oracle.preference_pairs(labels) if not pair[-1]]
        assert Counter(db.pairs().select("split", "prompt_id", "better_path", "worse_path").rows()) == Counter(strict)
    random.Random(seed).shuffle(rows)  # noqa: S311 - repeatable, not secret
    with irdb_sql.connect(write_rows(folder, rows)) as db:
        assert counted(db, **params) == pytest.approx(expected)
        counts = {row[0]: row[1:] for row in db.query("pair_counts").drop("classification").rows()}
        assert counts == oracle.pair_counts(labels)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Votes on three pairs: 3 to 1, 1 to 1 with a tie, and one tie."""
    rows = [
        *({"prompt": "p", "first": "a", "second": "b", "label": label} for label in ("first", "first", "second", "first")),
        *({"prompt": "p", "first": "c", "second": "a", "label": label} for label in ("first", "second", "tie")),
        {"prompt": "q", "first": "y", "second": "x", "label": "tie", "split": "train"},
    ]  # fmt: skip
    rows = [{"split": "test"} | row for row in rows]
    with irdb_sql.connect(write_rows(tmp_path_factory.mktemp("small"), rows)) as db:
        yield db


def test_a_tied_vote_is_half_a_vote_for_each_image(small: ImageRewardDB) -> None:
    pairs = small.sql("SELECT better_path, worse_path, share, is_tied FROM vote_pairs() ORDER BY ALL").rows()
    assert pairs == [("a", "b", 0.75, False), ("a", "c", 0.5, True), ("x", "y", 0.5, True)]


def test_min_votes_leaves_out_pairs_of_few_votes(small: ImageRewardDB) -> None:
    assert small.sql("SELECT votes FROM vote_pairs(min_votes := 3) ORDER BY votes").rows() == [(3,), (4,)]
    assert small.sql("FROM vote_pairs(min_votes := 5)").height == 0
    assert small.sql("FROM vote_pairs(min_votes := -2)").height == 3
    for name in ("vote_pairs", "vote_counts", "soft_label_scores"):
        with pytest.raises(irdb_sql.IrdbError, match="'2.5' is no whole number"):
            small.query(name, min_votes=2.5)


def test_a_tie_margin_includes_its_end(small: ImageRewardDB) -> None:
    count = "SELECT count(*) FILTER (WHERE is_tied) FROM vote_pairs(tie_margin := {})"
    assert [small.sql(count.format(margin)).item() for margin in (0, 0.2499, 0.25, 0.5)] == [2, 2, 3, 3]


def test_vote_pairs_are_of_the_splits_that_are_asked_for(small: ImageRewardDB) -> None:
    assert small.sql("FROM vote_pairs('test')").height == 2
    assert small.sql("FROM vote_pairs('train')").height == 1
    assert small.sql("FROM vote_pairs(NULL, NULL, NULL, NULL)").height == 3


def test_huge_numbers_of_votes_are_counted_exactly(tmp_path: Path) -> None:
    most = 9_000_000_000_000_000
    rows = [{"prompt": "p", "first": "a", "second": "b", "first_votes": str(most), "second_votes": str(most - count),
             "weight": "100000000"} for count in (0, 1)]  # fmt: skip
    with irdb_sql.connect(write_rows(tmp_path, rows)) as db:
        assert db.sql("SELECT better_path, votes, is_tied FROM vote_pairs()").rows() == [("a", 4 * most - 1, False)]


def test_votes_of_a_large_table_are_all_counted(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    lines = "".join(f"p{number // 10},a{number},b{number},{number % 2}\n" for number in range(20_000))
    path.write_text(f"prompt,first,second,label\n{lines}")
    with irdb_sql.connect(path) as db:
        assert db.query("totals").select("prompts", "images", "pairs", "strict_pairs").row(0) == (
            2_000,
            40_000,
            20_000,
            20_000,
        )
        last = db.sql("SELECT first_path, source_row, first_votes FROM votes ORDER BY vote_index DESC LIMIT 1").row(0)
        assert last == ("a19999", 20_000, 1)

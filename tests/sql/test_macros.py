"""Worked examples: a few images whose pairs and statistics anyone can count by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import image, write_metadata

import irdb_sql
from irdb_sql.engine.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from irdb_sql import ImageRewardDB


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageRewardDB]:
    """A prompt with a tie and a gap, one without ranks, one of a single image, and one row that stands twice."""
    rows = [
        image("p", "a", 2, 7, 6, 5),
        image("p", "b", 2, 5, 6, None),
        image("p", "c", 5, 6, 1, 5),
        image("unranked", "d", None, 1, 1, 1),
        image("unranked", "e", None, 1, 1, 1),
        image("single", "f", 1, 4, 4, 4),
        image("twice", "g", 1, 3, 3, 3),
        image("twice", "g", 1, 3, 3, 3),
        image("twice", "h", 2, 2, 2, 2),
        image("t", "i", 1, 2, 2, 2, split="train"),
        image("t", "j", 2, 1, 1, 1, split="train"),
    ]
    with irdb_sql.connect(write_metadata(tmp_path_factory.mktemp("small"), rows)) as db:
        yield db


def pairs(db: ImageRewardDB, call: str) -> list[tuple[str, str, int]]:
    text = f"SELECT better_path, worse_path, rank_gap FROM preference_pairs({call}) WHERE prompt_id = 'p' ORDER BY ALL"  # noqa: S608
    return [(better[-6], worse[-6], gap) for better, worse, gap in db.sql(text).rows()]


def test_a_tie_makes_no_strict_pair(small: ImageRewardDB) -> None:
    assert pairs(small, "") == [("a", "c", 3), ("b", "c", 3)]


def test_a_tie_that_is_kept_has_gap_0_and_the_smaller_path_first(small: ImageRewardDB) -> None:
    assert pairs(small, "keep_ties := true") == [("a", "b", 0), ("a", "c", 3), ("b", "c", 3)]


def test_min_rank_gap_drops_close_pairs_and_not_ties(small: ImageRewardDB) -> None:
    assert pairs(small, "min_rank_gap := 4") == []
    assert pairs(small, "min_rank_gap := 4, keep_ties := true") == [("a", "b", 0)]


def test_null_parameters_mean_the_defaults(small: ImageRewardDB) -> None:
    assert pairs(small, "NULL, NULL, NULL, NULL") == pairs(small, "")


def test_a_gap_of_ratings_is_better_less_worse_and_null_where_one_is_missing(small: ImageRewardDB) -> None:
    text = "SELECT overall_gap, alignment_gap, fidelity_gap FROM preference_pairs() WHERE prompt_id = 'p' ORDER BY better_path"
    assert small.sql(text).rows() == [(1, 5, 0), (-1, 5, None)]


def test_images_without_rank_and_single_images_count_and_make_no_pair(small: ImageRewardDB) -> None:
    counted = small.prompts().rows_by_key("prompt_id", named=True, unique=True)
    assert [counted["unranked"][name] for name in ("images", "ranked_images", "pairs", "best_rank")] == [2, 0, 0, None]
    assert [counted["single"][name] for name in ("images", "ranked_images", "pairs", "best_rank")] == [1, 1, 0, 1]


def test_a_repeated_row_is_one_more_image_tied_with_its_copy(small: ImageRewardDB) -> None:
    counted = small.prompts().rows_by_key("prompt_id", named=True, unique=True)["twice"]
    assert (counted["images"], counted["strict_pairs"], counted["tied_pairs"]) == (3, 2, 1)
    assert small.pairs(keep_ties=True).to_dicts()[-2]["better_row"] >= 0
    repeated = small.query("repeated_images").select("image_path", "image_rows").rows()
    assert repeated == [("images/test/test_1/g.webp", 2)]


def test_pair_counts_count_ties_apart(small: ImageRewardDB) -> None:
    assert small.pair_counts().select("split", "prompts", "images", "pairs", "strict_pairs", "tied_pairs").rows() == [
        ("test", 4, 9, 6, 4, 2),
        ("train", 1, 2, 1, 1, 0),
    ]


def test_rating_stats_by_hand(small: ImageRewardDB) -> None:
    stats = small.rating_stats(split="test").rows_by_key("kind", named=True, unique=True)
    fidelity = stats["fidelity"]  # 1, 1, 2, 3, 3, 4, 5, 5 and one missing
    assert (fidelity["n"], fidelity["missing"], fidelity["mean"]) == (8, 1, 3.0)
    assert (fidelity["q1"], fidelity["median"], fidelity["q3"], fidelity["mode"]) == (1.75, 3.0, 4.25, 1)
    assert fidelity["std"] == pytest.approx((18 / 7) ** 0.5, abs=1e-15)
    assert [fidelity[f"share_{rating}"] for rating in range(1, 8)] == [0.25, 0.125, 0.25, 0.125, 0.25, 0, 0]


def test_rating_agreement_by_hand(small: ImageRewardDB) -> None:
    agreement = small.rating_agreement(split="test").rows_by_key("kind", unique=True)
    assert agreement["overall"] == ("test", None, 4, 3, 0, 1, 0, 0.75, 0.0, 0.25)
    assert agreement["fidelity"] == ("test", None, 3, 2, 1, 0, 1, 2 / 3, 1 / 3, 0.0)


def test_best_and_worst_are_by_rank_present_and_may_be_tied(small: ImageRewardDB) -> None:
    found = small.query("best_and_worst", split="test").select("prompt_id", "place", "image_path").rows()
    assert [(prompt, place, path[-6]) for prompt, place, path in found] == [
        ("p", "best", "a"), ("p", "best", "b"), ("p", "worst", "c"),
        ("twice", "best", "g"), ("twice", "best", "g"), ("twice", "worst", "h"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("pair_count(0)", 0),
        ("pair_count(1)", 0),
        ("pair_count(9)", 36),
        ("tau_b(2, 1, 0, 0)", 1 / 3),
        ("tau_b(0, 0, 3, 0)", None),
        ("tau_b(-1, 2, 0, 0)", None),
        ("tau_b(1, 2, -5, 0)", None),
        ("pair_count(-3)", None),
        ("hypergeometric_miss(5, 1, 4)", 0.2),
        ("hypergeometric_miss(5, 7, 2)", None),
        ("hypergeometric_miss(5, -1, 2)", None),
        ("hypergeometric_miss(9, 1, 5)", None),
        ("hypergeometric_miss(3, 0, 3)", 1.0),
        ("subset_parts('4k')", 16),
        ("subset_parts(NULL)", None),
        ("split_name('test')", "test"),
        ("split_name('train,test')", "train,test"),
        ("wilson_lower(5, 10)", 0.236593090512564),
        ("wilson_upper(5, 10)", 0.763406909487436),
        ("wilson_lower(0, 10)", 0.0),
        ("wilson_upper(10, 10)", 1.0),
        ("wilson_lower(0, 0)", None),
        ("wilson_lower(11, 10)", None),
        ("wilson_upper(-1, 10)", None),
        ("pair_count(100000::INTEGER)", 4_999_950_000),
        ("pair_count(100::TINYINT)", 4950),
        ("whole_number('3')", 3),
        ("whole_number(3.0)", 3),
        ("whole_number(NULL)", None),
        ("rating_of_kind('alignment', 1, 2, 3)", 2),
        ("rating_of_kind('beauty', 1, 2, 3)", None),
    ],
)
def test_scalar_words(small: ImageRewardDB, expression: str, value: object) -> None:
    assert small.sql(f"SELECT {expression} AS value").item() == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("aggregate", "values", "value"),
    [
        ("share(v > 1)", "(1), (2), (3), (NULL)", 2 / 3),
        ("share(v > 1)", "(NULL::INTEGER)", None),
        ("exact_mean(v)", "(0.1), (0.2), (-0.3), (NULL)", 0.0),
        ("pearson(v, v, 1)", "(1), (2), (5)", 1.0),
        ("pearson(v, -v, 2)", "(1), (2), (5)", -1.0),
        ("pearson(v, v, 1)", "(4), (4)", None),
    ],
)
def test_aggregate_words(small: ImageRewardDB, aggregate: str, values: str, value: object) -> None:
    found = small.sql(f"SELECT {aggregate} AS value FROM (VALUES {values}) AS t (v)").item()  # noqa: S608
    assert found == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    "call", ["pair_counts(in_split := 'tset')", "pair_counts(in_subset := '3k')", "subset_images('k')"]
)
def test_a_misspelt_split_or_subset_is_refused_and_no_empty_answer(small: ImageRewardDB, call: str) -> None:
    with pytest.raises(QueryError, match="unknown (split|subset) '(tset|3k|k)'"):
        small.sql(f"FROM {call}")


def test_a_subset_is_the_first_parts_of_train_and_the_other_splits_whole(db: ImageRewardDB) -> None:
    sizes = db.query("subset_sizes").select("subset", "split", "prompts").rows()
    assert sizes == [
        (subset, split, prompts)
        for subset, train in (("1k", 32), ("2k", 64), ("4k", 128), ("8k", 256))
        for split, prompts in (("test", 48), ("train", train), ("validation", 40))
    ]
    assert db.sql("SELECT max(part) FROM subset_images('2k') WHERE split = 'train'").item() == 8

"""Samples of layouts with votes, opened by irdb_sql, against an independent reading in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from oracles import layouts as oracle

import irdb_sql
from irdb_sql.sources.sample.layouts.base import SampleOptions
from irdb_sql.sources.sample.layouts.registry import write_layout_sample

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB


# All tests of a layout run in one process, which writes and opens its sample once.
pytestmark = pytest.mark.filterwarnings("ignore::irdb_sql.sources.kinds.errors.VotelessRowsWarning")


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in sorted(oracle.READERS)]
)
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(layout: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layouts") / "it's [a] *set?"
    write_layout_sample(folder, layout, SampleOptions(240, has_bytes=False))
    return folder


@pytest.fixture(scope="module")
def labels(layout: str, folder: Path) -> oracle.Labels:
    return oracle.READERS[layout](folder)


@pytest.fixture(scope="module")
def db(folder: Path) -> Iterator[ImageRewardDB]:
    with irdb_sql.connect(folder) as database:
        yield database


def test_a_layout_that_is_named_is_read_as_one_that_is_found_out(db: ImageRewardDB, layout: str, folder: Path) -> None:
    with irdb_sql.connect(folder, layout=layout) as named:
        assert named.query("votes").equals(db.query("votes"))
        assert [file.kind for file in named.source.files] == [file.kind for file in db.source.files]


def test_counts_of_each_split_equal_the_oracle(db: ImageRewardDB, labels: oracle.Labels) -> None:
    expected = oracle.pair_counts(labels)
    rows = db.query("pair_counts").drop("classification").rows()
    assert {row[0]: row[1:] for row in rows} == expected
    names = ("prompts", "images", "ranked_images", "pairs", "strict_pairs", "tied_pairs")
    totals = db.query("totals").select(names).row(0)
    assert totals == tuple(map(sum, zip(*expected.values(), strict=True)))
    assert db.query("totals").select("rows_left_out", "images_left_out").row(0) == (0, 0)


def test_votes_equal_the_oracle(db: ImageRewardDB, labels: oracle.Labels) -> None:
    names = ("split", "prompt_id", "first_path", "second_path", "annotator", "first_votes", "second_votes")
    rows = db.query("votes").select(*names, "tied_votes", "strength", "weight").rows()
    expected = [
        (
            vote.split, vote.prompt_id, vote.first, vote.second, vote.annotator, vote.first_votes, vote.second_votes,
            vote.tied_votes, vote.strength, float(vote.weight),
        )
        for vote in labels.votes
    ]  # fmt: skip
    assert rows == expected


def test_vote_pairs_equal_the_oracle(db: ImageRewardDB, labels: oracle.Labels) -> None:
    names = (
        "split", "prompt_id", "better_path", "worse_path", "votes", "better_votes", "worse_votes", "tied_votes", "is_tied",
        "share",
    )  # fmt: skip
    rows = {row[:-1]: row[-1] for row in db.query("vote_pairs").select(names).rows()}
    expected = {
        (
            pair.split, pair.prompt_id, pair.better, pair.worse, pair.votes, pair.better_votes, pair.worse_votes,
            pair.tied_votes, pair.is_tied,
        ): float(pair.share)
        for pair in oracle.vote_pairs(labels)
    }  # fmt: skip
    assert rows == pytest.approx(expected)


def test_pairs_equal_the_oracle(db: ImageRewardDB, labels: oracle.Labels) -> None:
    names = ("split", "prompt_id", "better_path", "worse_path")
    pairs = list(oracle.preference_pairs(labels))
    assert Counter(db.pairs(keep_ties=True).select(names).rows()) == Counter(pair[:-1] for pair in pairs)
    assert Counter(db.pairs().select(names).rows()) == Counter(pair[:-1] for pair in pairs if not pair[-1])


def test_generators_win_as_of_the_oracle(db: ImageRewardDB, labels: oracle.Labels) -> None:
    wins = db.sql("SELECT generator, other_generator, prompts, wins, ties, losses FROM generator_wins()").rows()
    assert {row[:2]: row[2:] for row in wins} == oracle.generator_wins(labels)
    assert db.sql("FROM uncompared_pairs()").rows() == [oracle.uncompared_pairs(labels)]


def test_the_sample_has_what_the_oracle_can_tell_apart(layout: str, labels: oracle.Labels) -> None:
    pairs = oracle.vote_pairs(labels)
    assert any(pair.is_tied for pair in pairs)
    assert any(pair.better_votes > 0 < pair.worse_votes for pair in pairs)
    if layout != "hpdv2":  # which names no generators
        assert len(oracle.generator_wins(labels)) == 20
        assert oracle.uncompared_pairs(labels)[1] > 5
    assert ({rank for rank, _ in labels.images.values()} > {None}) == (layout == "hpdv2")

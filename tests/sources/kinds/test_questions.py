"""What a user asks first of data with votes: every layout's sample answers it, and what needs ranks is told."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import polars as pl
import pytest

import irdb_sql
from irdb_sql.scorers.errors import NoGeneratorVotesError, RanklessMetricsWarning, UncomparedPairsWarning
from irdb_sql.sources.errors import NoGapWarning
from irdb_sql.sources.kinds.errors import VotelessRowsWarning
from irdb_sql.sources.sample.layouts.base import SampleOptions
from irdb_sql.sources.sample.layouts.registry import layout_samples, write_layout_sample

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

pytestmark = pytest.mark.filterwarnings("ignore::irdb_sql.sources.kinds.errors.VotelessRowsWarning")

OF_PAIRS = {"acc_micro", "acc_macro", "acc_eq", "scorer_ties", "inversion"}
"""The metrics that need no ranks."""


@pytest.fixture(scope="module", params=[*layout_samples()])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("samples") / request.param
    write_layout_sample(folder, request.param, SampleOptions(pairs=120))
    return folder


def test_the_first_questions_are_answered(sample: Path) -> None:
    with (
        irdb_sql.connect(sample) as db,
        warnings.catch_warnings(record=True, category=RanklessMetricsWarning) as warned,
    ):
        warnings.simplefilter("always")
        totals = db.query("totals").row(0, named=True)
        counts = db.pair_counts()
        assert counts["pairs"].sum() == totals["pairs"] > 0
        assert db.pairs(keep_ties=True).height == totals["pairs"]
        assert db.query("vote_counts")["votes"].sum() >= totals["pairs"] - 1
        metrics = db.evaluate(["baselines"], resamples=20, metric=["acc_micro", "tau_b"])
        assert metrics.filter(scorer="random", metric="acc_micro")["value"].null_count() == 0
        has_ranks = {split for split, images in counts.select("split", "ranked_images").iter_rows() if images}
        rankless = metrics.filter(pl.col("value").is_null(), scorer="random", metric="tau_b")["split"]
        assert {*rankless} == {*counts["split"]} - has_ranks
    assert [str(each.message).split()[5] for each in warned] == sorted(rankless)


@pytest.mark.slow
def test_reports_speak_of_votes(tmp_path: Path, run_cli: RunCli) -> None:
    write_layout_sample(tmp_path / "hpdv3", "hpdv3", SampleOptions(pairs=40))
    code, out, _ = run_cli("report", "--data", "hpdv3")
    assert code == 0
    assert out.startswith("# Summary of hpdv3\n")
    assert "## Votes" in out
    assert "none of the" not in out.split("## Classifications")[0]
    code, out, err = run_cli("report", "scorers", "--data", "hpdv3", "--resamples", "20")
    assert code == 0
    assert (
        "people voted on pairs of this source and ranked no images, so there is no rank gap, recall or filter." in out
    )
    assert "what needs ranks is NULL: tau_b, spearman, best_of_n, recall@k, filter@k\n" in err
    code, out, _ = run_cli("audit", "--data", "hpdv3", "--format", "csv")
    assert "swapped_pairs" in out


def test_what_needs_ranks_is_null_and_told(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(
        "prompt,first,second,label\np,a.png,b.png,A\np,b.png,c.png,A\nq,d.png,e.png,tie\n"
    )
    scores = pl.DataFrame(
        {"image_path": ["a.png", "b.png", "c.png", "d.png", "e.png"], "mine": [3.0, 2.0, 1.0, 0.0, 1.0]}
    )
    with irdb_sql.connect(tmp_path / "labels.csv") as db:
        with pytest.warns(RanklessMetricsWarning, match="pairs of test and ranked no images"):
            values = dict(db.evaluate(scores).select("metric", "value").iter_rows())
        assert {name for name, value in values.items() if value is not None} == OF_PAIRS
        assert values["acc_micro"] == 1
        assert values["acc_eq"] == pytest.approx(2 / 3)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert db.evaluate(scores, metric="acc_micro")["value"].to_list() == [1]
        with pytest.warns(NoGapWarning, match="min_rank_gap=2 leaves out all pairs"):
            assert db.pairs(min_rank_gap=2).is_empty()


def test_generators_are_compared_by_votes(tmp_path: Path, run_cli: RunCli) -> None:
    rows = [
        "prompt,first,second,first_votes,second_votes,model_1,model_2",
        "p,1.png,2.png,3,1,x,y",
        "p,3.png,4.png,0,1,y,x",  # x again: it wins p by 4 to 1
        "q,5.png,6.png,1,2,x,y",
        "q,7.png,8.png,9,0,x,x",  # of a generator with itself
        "r,9.png,10.png,2,2,x,y",
        "s,11.png,12.png,1,0,x,",  # whose generator is not known
    ]
    (tmp_path / "votes.csv").write_text("\n".join(rows))
    with irdb_sql.connect(tmp_path / "votes.csv") as db:
        with pytest.warns(UncomparedPairsWarning) as warned:
            wins = db.generator_wins()
        with pytest.warns(UncomparedPairsWarning):
            strengths = db.generator_strengths(resamples=20)
    outcomes = wins.select("generator", "other_generator", "wins", "ties", "losses").rows()
    assert outcomes == [("x", "y", 1, 1, 1), ("y", "x", 1, 1, 1)]
    assert strengths["strength"].to_list() == pytest.approx([0, 0], abs=1e-9)
    message = "left out of 6 pairs with votes: 1 of a generator with itself and 1 of an image whose generator is not published"
    assert str(warned[0].message) == message
    assert run_cli("generators", "--data", "votes.csv", "--format", "csv") == (
        0,
        "generator,other_generator,prompts,wins,ties,losses,win_rate\nx,y,3,1,1,1,0.5\ny,x,3,1,1,1,0.5\n",
        f"note: {message}\n",
    )
    scores = pl.DataFrame({"generator": ["x", "y"], "prompt_id": ["p", "p"], "score": [0.0, 1.0]})
    with irdb_sql.connect(tmp_path / "votes.csv") as db:  # scores count alone where they are given
        assert db.generator_wins(scores).select("prompts", "wins").rows() == [(1, 0), (1, 1)]


def test_without_votes_generators_need_scores(db: irdb_sql.ImageRewardDB, run_cli: RunCli, tmp_path: Path) -> None:
    with pytest.raises(NoGeneratorVotesError, match="it has no votes"):
        db.generator_wins()
    (tmp_path / "labels.csv").write_text("prompt,first,second,label\np,a.png,b.png,A\n")
    code, _, err = run_cli("generators", "--data", "labels.csv", "--show", "strengths")
    assert code == 1
    assert "none of its 1 pairs with votes compares two" in err
    code, _, err = run_cli("generators", "--show", "stats")
    assert code == 2
    assert "need FILE with scores" in err


@pytest.mark.parametrize("column", ["split", "Split"])
def test_only_rows_of_the_split_are_read_where_a_column_names_it(column: str, tmp_path: Path) -> None:
    rows = f"prompt,first,second,label,{column}\np,a,b,A,train\nq,c,d,B,test\nr,e,f,B,\n"
    (tmp_path / "labels.csv").write_text(rows)
    for source in (tmp_path, tmp_path / "labels.csv"):
        with irdb_sql.connect(source, split="test") as db:
            assert db.pairs()["better_path"].to_list() == ["d", "f"]
            assert db.images()["split"].unique().to_list() == ["test"]
    with irdb_sql.connect(tmp_path, split=["train", "test"]) as db:
        assert db.pair_counts().select("split", "pairs").rows() == [("test", 2), ("train", 1)]


def test_rows_without_a_vote_are_counted_and_told(tmp_path: Path) -> None:
    rows = "prompt,first,second,first_votes,second_votes\np,a,b,0,0\np,a,c,2,1\n"
    (tmp_path / "votes.csv").write_text(rows)
    with (
        pytest.warns(VotelessRowsWarning, match="in no pair of theirs: 1"),
        irdb_sql.connect(tmp_path / "votes.csv") as db,
    ):
        assert db.query("totals").select("images", "pairs").rows() == [(3, 1)]
    (tmp_path / "labels.csv").write_text("prompt,first,second,label\np,a,b,\np,B,A,A\n")  # a path goes before a letter
    with pytest.warns(VotelessRowsWarning), irdb_sql.connect(tmp_path / "labels.csv") as db:
        assert db.pairs().select("better_path", "worse_path").rows() == [("A", "B")]

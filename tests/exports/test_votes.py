"""Exports of votes: each layout comes back from an export with the same votes and pairs, as far as the format holds them."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import RunCli
from oracles.vote_files import EXPECTED, FIRST, SECOND, TIE, Pair, Vote, pairs_of, write_votes

import irdb_sql
from irdb_sql.exports.errors import NoRanksError, NoVotesError

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB

pytestmark = pytest.mark.filterwarnings("ignore::irdb_sql.sources.kinds.errors.VotelessRowsWarning")

READ = """
SELECT first_images.prompt, first_path, second_path, [first_votes, second_votes, tied_votes] AS counts, annotator,
    first_images.generator AS first_generator, second_images.generator AS second_generator, strength
FROM votes JOIN images AS first_images ON first_row = first_images.row_index
JOIN images AS second_images ON second_row = second_images.row_index ORDER BY vote_index
"""


def read_votes(db: ImageRewardDB) -> Counter[Vote]:
    return Counter(
        Vote(prompt, first, second, tuple(counts), annotator, (model, other), strength)
        for prompt, first, second, counts, annotator, model, other, strength in db.sql(READ).iter_rows()
    )


def read_pairs(db: ImageRewardDB) -> Counter[tuple[str, str, str]]:
    return Counter(db.pairs().select("prompt", "better_path", "worse_path").iter_rows())


KINDS = {"pairs": ("csv", "ndjson", "parquet"), "mmrb2": ("ndjson",), "hpdv3": ("csv",)}


@pytest.mark.parametrize("name", EXPECTED)
def test_votes_of_every_layout_come_back(name: str, tmp_path: Path) -> None:
    with irdb_sql.connect(write_votes(tmp_path / "in", name)) as db:
        assert read_votes(db) == Counter(EXPECTED[name])
        for kind in KINDS.get(name, ("parquet",)):
            made = db.export("votes", tmp_path / f"out.{kind}")
            assert made["totals"]["rows"] == len(EXPECTED[name])
            with irdb_sql.connect(tmp_path / f"out.{kind}") as again:
                assert read_votes(again) == Counter(EXPECTED[name])


@pytest.mark.parametrize("name", [name for name in EXPECTED if name != "hpdv2 ranks"])
def test_voted_pairs_come_back_from_hpdv3_with_their_counts(name: str, tmp_path: Path) -> None:
    expected = pairs_of(EXPECTED[name])
    with irdb_sql.connect(write_votes(tmp_path / "in", name)) as db:
        strict = read_pairs(db)
        db.export("hpdv3", tmp_path / "out", keep_ties=True)
    (file,) = [path for path in (tmp_path / "out").iterdir() if path.name != "manifest.json"]
    assert Counter(map(hpdv3_key, json.loads(file.read_bytes()))) == Counter(map(expected_hpdv3, expected))
    assert strict == Counter((each.prompt, each.better, each.worse) for each in expected if not each.is_tied)
    with irdb_sql.connect(tmp_path / "out") as again:
        assert read_pairs(again) == strict


def test_strict_pairs_of_votes_come_back_from_every_format_of_pairs(tmp_path: Path) -> None:
    expected = [each for each in pairs_of(EXPECTED["pairs"]) if not each.is_tied]
    with irdb_sql.connect(write_votes(tmp_path / "in", "pairs")) as db:
        for format in ("hpdv3", "pairs", "preference"):
            made = db.export(format, tmp_path / format, images=False)
            assert made["totals"]["rows"] == len(expected)
            with irdb_sql.connect(tmp_path / format) as again:
                assert read_pairs(again) == Counter((each.prompt, each.better, each.worse) for each in expected)


def hpdv3_key(one: dict[str, object]) -> tuple[object, ...]:
    counts = one["choice_dist"]
    assert isinstance(counts, list)
    return one["prompt"], one["path1"], one["path2"], *counts, one["confidence"]


def expected_hpdv3(pair: Pair) -> tuple[object, ...]:
    better, worse, tied = pair.counts
    counts = (better, worse) if better + worse else (tied, tied)
    return pair.prompt, pair.better, pair.worse, *counts, pair.strengths[0] if len(pair.strengths) == 1 else None


@pytest.mark.parametrize("name", EXPECTED)
def test_choices_and_the_ranks_of_annotators_come_back_from_hpdv2(name: str, tmp_path: Path) -> None:
    ranked = name == "hpdv2 ranks"
    with irdb_sql.connect(write_votes(tmp_path / "in", name)) as db:
        made = db.export("hpdv2", tmp_path / "out")
        pairs = db.pairs()
    with irdb_sql.connect(tmp_path / "out") as again:
        assert read_votes(again) == Counter(
            vote
            for each in EXPECTED[name]
            for vote in ([each._replace(votes=each.votes)] if ranked else choices_of(each))
        )
        assert made["totals"]["rows"] == (1 if ranked else read_votes(again).total())
        if ranked:
            assert again.pairs().equals(pairs)
            assert pairs.select("better_path", "worse_path", "rank_gap").rows() == [
                ("1.jpg", "3.jpg", 1), ("2.jpg", "1.jpg", 1), ("2.jpg", "3.jpg", 2),
            ]  # fmt: skip


def choices_of(vote: Vote) -> list[Vote]:
    """A vote without strength and generators for each count of it that is no tie."""
    plain = vote._replace(generators=(None, None), strength=None)
    return [plain._replace(votes=FIRST)] * vote.votes[0] + [plain._replace(votes=SECOND)] * vote.votes[1]


WHOLE, CIRCLE, PART, REPEATED = "ab ac bc", "ab ca bc", "ab ac", "ab ac bc ab"


def test_an_annotator_has_ranks_only_where_the_votes_are_those_of_ranks(tmp_path: Path) -> None:
    objects: list[object] = []
    for choices in (WHOLE, CIRCLE, PART, REPEATED):
        objects.append({"prompt": choices, "image_path": ["a", "b", "c"], "rank": [1, 2, 3]})
        for pair in choices.split():
            choice = {"file_path": list(pair), "human_preference": [1, 0], "user_hash": "ann"}
            objects.append({"prompt": choices} | choice)
    (tmp_path / "test.json").write_text(json.dumps(objects))
    with irdb_sql.connect(tmp_path / "test.json") as db:
        rows = db.query("exported_hpdv2", split="test").rows(named=True)
    annotations = {row["prompt"]: row["raw_annotations"] for row in rows}
    whole = [{"rank": [1, 2, 3], "user_hash": "ann"}]
    assert annotations == {WHOLE: whole, CIRCLE: [], PART: [], REPEATED: []}


def test_the_trainer_of_pickscore_gets_labels_of_votes(tmp_path: Path) -> None:
    with irdb_sql.connect(write_votes(tmp_path / "in", "pickapic")) as db:
        db.export("pickscore", tmp_path / "p.parquet", keep_ties=True)
        db.export("pickscore", tmp_path / "s.parquet")
    read = pl.read_parquet(tmp_path / "p.parquet")
    assert read.select("image_0_uid", "image_1_uid", "label_0", "label_1").rows() == [
        ("u1", "u2", 1.0, 0.0), ("u3", "u4", 0.0, 1.0),
    ]  # fmt: skip
    assert read["jpg_0"].struct["bytes"].to_list() == [b"image u1", b"image u3"]
    assert pl.read_parquet(tmp_path / "s.parquet").equals(read)
    with irdb_sql.connect(write_votes(tmp_path / "ties", "pairs")) as db:
        db.export("pickscore", tmp_path / "t.parquet", keep_ties=True, images=False)
    labels = pl.read_parquet(tmp_path / "t.parquet").select("jpg_0", "jpg_1", "label_0").rows()
    assert labels == [
        ("x/a.png", "x/b.png", 1.0), ("x/a.png", "x/c.png", 0.5), ("x/a.png", "x/b.png", 0.0), ("x/c.png", "x/d.png", 1.0),
    ]  # fmt: skip


def test_every_other_format_holds_the_images_of_voted_data_and_a_ranking_says_why_not(tmp_path: Path) -> None:
    with irdb_sql.connect(write_votes(tmp_path / "in", "pickapic")) as db:
        for format in ("rows", "groups", "webdataset", "metadata", "pairs", "preference"):
            made = db.export(format, tmp_path / format)
            assert made["totals"]["images"] == 4, format
        row = pl.read_parquet(tmp_path / "rows/*.parquet").row(0, named=True)
        assert (row["image"]["bytes"], row["rank"]) == (b"image u1", None)
        with pytest.raises(NoRanksError, match=r"ranking needs ranks, .*: 2 of test\n\nHint: export to votes, hpdv3"):
            db.export("ranking", tmp_path / "ranking")
    assert not (tmp_path / "ranking").exists()


def test_data_without_votes_say_so(run_cli: RunCli, tmp_path: Path) -> None:
    code, _, notes = run_cli("export", "votes", "-o", tmp_path / "v.csv", "--split", "test")
    assert code == 1
    assert "would hold nothing, as the data have no votes that match; nothing was written" in notes
    assert not (tmp_path / "v.csv").exists()
    with irdb_sql.connect() as db, pytest.raises(NoVotesError):
        db.export("votes", tmp_path / "v")


def test_ranked_data_come_back_from_hpdv3_and_hpdv2_as_far_as_texts_differ(db: ImageRewardDB, tmp_path: Path) -> None:
    strict = read_pairs_of_split(db)
    for format in ("hpdv3", "hpdv2", "pairs", "preference"):
        db.export(format, tmp_path / format, split="test", images=False)
        with irdb_sql.connect(tmp_path / format) as again:
            assert read_pairs(again) == strict, format
    first = json.loads((tmp_path / "hpdv3/test.json").read_bytes())[0]
    assert (first["choice_dist"], first["confidence"], first["model1"]) == ([1, 0], None, None)
    ranking = json.loads((tmp_path / "hpdv2/test.json").read_bytes())[0]
    assert list(ranking) == ["prompt", "image_path", "rank", "raw_annotations"]
    assert ranking["raw_annotations"] == []
    tied = db.export("hpdv3", tmp_path / "tied.json", split="test", keep_ties=True)
    equal = [one for one in json.loads((tmp_path / "tied.json").read_bytes()) if one["choice_dist"] == [1, 1]]
    assert (len(equal), tied["totals"]["rows"]) == (85, 736)


def read_pairs_of_split(db: ImageRewardDB) -> Counter[tuple[str, str, str]]:
    return Counter(db.pairs(split="test").select("prompt", "better_path", "worse_path").iter_rows())


def test_samples_of_voted_pairs_are_prompts_and_draws_of_pairs(tmp_path: Path) -> None:
    rows = [
        {"prompt": f"prompt {number % 9}", "first": f"{number}.png", "second": f"{number + 1}.png", "label": "A",
         "split": ("train", "test")[number % 2]}
        for number in range(72)
    ]  # fmt: skip
    pl.DataFrame(rows).write_csv(tmp_path / "mine.csv")
    with irdb_sql.connect(tmp_path / "mine.csv") as db:
        parts = [
            [row["prompt"] for row in written(db, tmp_path / name, sample=sample)]
            for name, sample in (("a", 0.5), ("b", (0.5, 1)))
        ]
        assert not {*parts[0]} & {*parts[1]}
        assert sorted(parts[0] + parts[1]) == sorted(row["prompt"] for row in rows)
        drawn = written(db, tmp_path / "c", per_prompt=2, seed=4, weights="prompt")
        assert {row["weight"] for row in drawn} == {0.5}
        assert Counter(row["prompt"] for row in drawn) == {f"prompt {number}": 4 for number in range(9)}
        assert drawn == written(db, tmp_path / "d", per_prompt=2, seed=4, weights="prompt")
        assert drawn != written(db, tmp_path / "e", per_prompt=2, seed=5, weights="prompt")
        made = db.export("votes", tmp_path / "one.csv")
        shards = db.export("votes", tmp_path / "shards", shard_bytes=1)
    assert (made["totals"]["rows"], made["totals"]["prompts"], made["files"][0]["split"]) == (72, 18, "test,train")
    read = pl.read_csv(tmp_path / "one.csv")
    assert Counter(read["split"]) == {"train": 36, "test": 36}
    assert {file["split"] for file in shards["files"]} == {"test", "train"}
    assert pl.read_parquet(tmp_path / "shards/*.parquet").height == 72
    with irdb_sql.connect(tmp_path / "shards") as again:
        assert again.pair_counts()["strict_pairs"].to_list() == [36, 36]


def written(db: ImageRewardDB, folder: Path, **options: object) -> list[dict[str, Any]]:
    db.export("pairs", folder, images=False, **options)  # type: ignore[arg-type]  # options of several types
    return pl.read_parquet(folder / "*.parquet").rows(named=True)


def test_many_votes_come_back_from_a_table_and_their_pairs_from_hpdv3(tmp_path: Path) -> None:
    chance = random.Random(3)  # noqa: S311 - no secret
    votes = []
    for _ in range(300):
        first, second = chance.sample("abc", 2)
        counts = chance.choice([FIRST, SECOND, TIE, (2, 1, 0), (0, 2, 3), (1, 1, 1)])
        votes.append(Vote(f"{chance.randrange(60)}", first, second, counts, chance.choice([None, "u", "v"])))
    lines = [
        {"prompt": each.prompt, "first": each.first, "second": each.second, "annotator": each.annotator}
        | dict(zip(("first_votes", "second_votes", "tied_votes"), each.votes, strict=True))
        for each in votes
    ]
    (tmp_path / "in.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with irdb_sql.connect(tmp_path / "in.ndjson") as db:
        db.export("votes", tmp_path / "out.csv")
        db.export("hpdv3", tmp_path / "out.json", keep_ties=True)
    with irdb_sql.connect(tmp_path / "out.csv") as again:
        assert read_votes(again) == Counter(votes)
    objects = json.loads((tmp_path / "out.json").read_bytes())
    assert Counter(map(hpdv3_key, objects)) == Counter(map(expected_hpdv3, pairs_of(votes)))

"""The queries behind the pages, compared with plain Python over any rows that Hypothesis finds."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Any

import pytest
from conftest import image, write_metadata
from hypothesis import given, settings
from hypothesis import strategies as st

import irdb_sql
from irdb_sql.errors import IrdbError

TEXTS = ("a red Fox", "A RED hen", "", "ß %_")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(("test", "train")),
        st.sampled_from(("p", "q")),
        st.one_of(st.none(), st.integers(1, 3)),
        st.one_of(st.none(), st.integers(1, 3)),
        st.sampled_from((0.0, 1.0, 2.5)),
        st.sampled_from((-1.0, 0.5)),
    ),
    min_size=1,
    max_size=9,
)
Row = dict[str, Any]


def make_rows(drawn: list[tuple[Any, ...]]) -> list[Row]:
    """Rows of metadata in the order of files, with their scores of the scorers s and t."""
    rows = [
        image(prompt_id, f"i{number}", rank, rating, split=split, prompt=TEXTS[len(prompt_id + split) % 4], classification=prompt_id)
        | {"s": first, "t": second}
        for number, (split, prompt_id, rank, rating, first, second) in enumerate(drawn)
    ]  # fmt: skip
    ordered = sorted(rows, key=lambda row: ("train", "validation", "test").index(row["split"]))
    return [row | {"row_index": number} for number, row in enumerate(ordered)]


def pairs_of(rows: list[Row]) -> list[Row]:
    """Pairs of ranked images of a prompt, the better one first, a tied one by path."""
    found = []
    for one, other in itertools.permutations(rows, 2):
        same = one["split"] == other["split"] and one["prompt_id"] == other["prompt_id"]
        if not same or one["rank"] is None or other["rank"] is None:
            continue
        if (one["rank"], one["image_path"]) < (other["rank"], other["image_path"]) and (
            one["rank"] < other["rank"] or one["image_path"] < other["image_path"]
        ):
            rated = one["overall_rating"] is not None and other["overall_rating"] is not None
            found.append({
                "better": one, "worse": other, "rank_gap": other["rank"] - one["rank"],
                "rating_gap": one["overall_rating"] - other["overall_rating"] if rated else None,
                "s": (one["s"] > other["s"]) - (one["s"] < other["s"]),
                "t": (one["t"] > other["t"]) - (one["t"] < other["t"]),
                "size": abs(one["s"] - other["s"]),
            })  # fmt: skip
    return sorted(found, key=lambda pair: (pair["better"]["row_index"], pair["worse"]["row_index"]))


def best_first(value: float | None) -> tuple[bool, float]:
    """Sort key of values, the largest first and none last."""
    return value is None, -(value or 0)


def keys(pairs: list[Row]) -> list[tuple[int, int]]:
    return [(pair["better"]["row_index"], pair["worse"]["row_index"]) for pair in pairs]


@pytest.mark.slow
@settings(max_examples=5)
@given(ROWS)
def test_pages_show_the_rows_that_plain_python_finds(drawn: list[tuple[Any, ...]]) -> None:
    rows = make_rows(drawn)
    scores = {name: {row["image_path"]: row[name] for row in rows} for name in ("s", "t")}
    with (
        tempfile.TemporaryDirectory() as place,
        irdb_sql.connect(write_metadata(Path(place), rows), scores=scores) as db,
    ):
        check_pairs(db, pairs_of(rows))
        check_prompts(db, rows)


def check_pairs(db: irdb_sql.ImageRewardDB, pairs: list[Row]) -> None:
    def found(**params: Any) -> list[tuple[int, int]]:
        return db.query("found_pairs", params).select("better_row", "worse_row").rows()

    strict = [pair for pair in pairs if pair["rank_gap"]]
    wide = [pair for pair in strict if pair["rating_gap"] is not None and pair["rating_gap"] <= -1]
    assert found() == keys(strict)
    assert found(ties="tied") == keys([pair for pair in pairs if not pair["rank_gap"]])
    assert found(ties="all", split="test") == keys([pair for pair in pairs if pair["better"]["split"] == "test"])
    assert found(min_rank_gap=2) == keys([pair for pair in strict if pair["rank_gap"] >= 2])
    assert found(max_rating_gap=-1) == keys(wide)
    assert found(classification="q", containing="RED") == keys(
        [pair for pair in strict if pair["better"]["prompt_id"] == "q" and "red" in pair["better"]["prompt"].lower()]
    )
    for verdict, sign in (("agrees", 1), ("disagrees", -1), ("ties", 0)):
        assert found(scorer="s", verdict=verdict) == keys([pair for pair in strict if pair["s"] == sign])
    both = [pair for pair in pairs if pair["s"] * pair["t"] < 0]
    assert found(scorer="s", other_scorer="t", ties="all") == keys(both)
    for sort, value in (("rank_gap", "rank_gap"), ("rating_gap", "rating_gap")):
        assert found(sort=sort) == keys(sorted(strict, key=lambda pair: best_first(pair[value])))
    # One split has one standard deviation, so that gaps in it are sorted as differences are.
    of_test = [pair for pair in strict if pair["better"]["split"] == "test"]
    surest = sorted(of_test, key=lambda pair: -pair["size"])
    assert found(sort="surest", scorer="s", split="test") == keys(surest)


def check_prompts(db: irdb_sql.ImageRewardDB, rows: list[Row]) -> None:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["split"], row["prompt_id"]), []).append(row)

    def found(**params: Any) -> list[tuple[str, str]]:
        return db.query("found_prompts", params).select("split", "prompt_id").rows()

    whole = list(groups)
    assert found() == whole
    assert found(n_images=2) == [key for key in whole if len(groups[key]) == 2]
    assert found(rating=3) == [key for key in whole if any(row["overall_rating"] == 3 for row in groups[key])]
    assert found(containing="fox") == [key for key in whole if "fox" in groups[key][0]["prompt"].lower()]
    ties = {key: sum(not pair["rank_gap"] for pair in pairs_of(groups[key])) for key in whole}
    assert found(ties="none") == [key for key in whole if not ties[key]]
    assert found(sort="tied_pairs") == sorted(whole, key=lambda key: -ties[key])
    assert found(sort="images") == sorted(whole, key=lambda key: -len(groups[key]))
    assert found(sort="shortest") == sorted(whole, key=lambda key: len(groups[key][0]["prompt"]))
    lists = dict(zip(whole, db.query("found_prompts")["image_row"].to_list(), strict=True))
    for key in whole:
        best = sorted(groups[key], key=lambda row: (row["rank"] is None, row["rank"] or 0, row["row_index"]))
        assert lists[key] == [row["row_index"] for row in best]
        images = db.query("prompt_images", split=key[0], prompt_id=key[1])["row_index"].to_list()
        assert images == lists[key]
        for name in ("s", "t"):
            places = db.query("prompt_scores", split=key[0], prompt_id=key[1]).filter(scorer=name)
            for row, place in places.select("row_index", "place").iter_rows():
                score = next(each[name] for each in groups[key] if each["row_index"] == row)
                assert place == 1 + sum(each[name] > score for each in groups[key])


@pytest.mark.parametrize(
    ("query", "params", "words"),
    [
        ("found_pairs", {"ties": "x"}, "ties cannot be 'x'; choose one of strict, tied, all"),
        ("found_pairs", {"sort": "x"}, "sort cannot be 'x'"),
        ("found_pairs", {"scorer": "x"}, "there is no scorer 'x'"),
        ("found_pairs", {"scorer": "uuid", "other_scorer": "uuid"}, "is both scorer and other_scorer"),
        ("found_pairs", {"min_rank_gap": "x"}, "x"),
        ("found_prompts", {"n_images": "1.5"}, "no whole number"),
        ("found_prompts", {"ties": "strict"}, "choose one of some, none"),
    ],
)
def test_a_wrong_value_is_refused(db: irdb_sql.ImageRewardDB, query: str, params: dict[str, str], words: str) -> None:
    with pytest.raises(IrdbError, match=words):
        db.query(query, params)


def test_images_that_stand_for_all_are_the_ends_of_each_split(db: irdb_sql.ImageRewardDB) -> None:
    rows = db.images().select("split", "row_index").to_dicts()
    by_split: dict[str, list[int]] = {}
    for row in rows:
        by_split.setdefault(row["split"], []).append(row["row_index"])
    ends = sorted({(end, split) for split, of_split in by_split.items() for end in (of_split[0], of_split[-1])})
    assert db.query("example_rows").rows() == [(split, end) for end, split in ends]


def test_voted_pairs_are_found_tied_and_strict(tmp_path: Path) -> None:
    lines = ["prompt,image_a,image_b,label", "x,1.png,2.png,a", "x,1.png,3.png,tie", "x,2.png,3.png,b"]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    columns = "prompt=prompt,first=image_a,second=image_b,label=label"
    with irdb_sql.connect(tmp_path / "labels.csv", layout="pairs", columns=columns) as db:
        strict = db.query("found_pairs").select("better_path", "worse_path").rows()
        tied = db.query("found_pairs", ties="tied").select("better_path", "worse_path").rows()
        assert [{*pair} for pair in strict] == [{"1.png", "2.png"}, {"2.png", "3.png"}]
        assert [{*pair} for pair in tied] == [{"1.png", "3.png"}]
        assert db.query("found_pairs", ties="all").height == 3

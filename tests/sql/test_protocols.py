"""Published rules of evaluation, against each of them in plain Python, and the cases in which their scripts fail."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.strategies import Row, datasets, scores_of
from hypothesis import given, settings
from oracles import protocols as oracle

import irdb_sql
from irdb_sql.errors import ChoiceError, RangeError

if TYPE_CHECKING:
    from conftest import RunCli

    from irdb_sql import ImageRewardDB


@settings(max_examples=6)
@given(rows=datasets(published=True), data=scores_of())
def test_each_protocol_is_its_definition(rows: list[Row], data: Any) -> None:
    scores = data(rows)
    if not scores:
        return
    table = pl.DataFrame(
        {"image_path": list(scores), "s": list(scores.values())}, {"image_path": pl.String, "s": pl.Float64}
    )
    prompts: dict[tuple[str, str], oracle.Prompt] = defaultdict(list)
    for row in rows:
        if row["rank"] is not None and row["image_path"] in scores:
            prompts[row["split"], row["prompt_id"]].append((row["rank"], scores[row["image_path"]]))
    by_split: dict[str, list[oracle.Prompt]] = defaultdict(list)
    for (split, _), images in prompts.items():
        if len(images) > 1:
            by_split[split].append(images)
    with (
        tempfile.TemporaryDirectory() as folder,
        irdb_sql.connect(write_metadata(Path(folder), rows), scores=table, missing="drop") as db,
    ):
        values = db.query("protocol_values")
    assert set(values["split"]) == by_split.keys()
    for split, of in by_split.items():
        found = values.filter(split=split)
        actual = dict(found.filter(pl.col("images").is_null()).select("protocol", "value").rows())
        picked = oracle.pickscore(by_split["validation"], of) if by_split.get("validation") else None
        expected = {
            "imagereward": oracle.imagereward(of), "hpsv2": oracle.hpsv2(of),
            "hpsv2_imagereward": oracle.hpsv2_imagereward(of), "pickscore": picked and picked[0],
            "hpsv3": oracle.imagereward(of), "mmrb2": oracle.mmrb2(of), "videoalign_mended": oracle.mended(of),
        }  # fmt: skip
        shipped = actual.pop("videoalign")
        assert actual == pytest.approx(expected, abs=1e-12)
        assert shipped >= oracle.mended(of) - 1 / len(oracle.pairs_of(of)) - 1e-12
        by_size = dict(found.filter(protocol="editreward").select("images", "value").rows())
        assert by_size == pytest.approx({size: share for size, share in oracle.editreward(of).items() if size <= 9})


def ranked(prompts: list[list[int]]) -> list[Row]:
    return [
        image(f"p{number}", f"{number}-{place}", rank)
        for number, ranks in enumerate(prompts)
        for place, rank in enumerate(ranks)
    ]


def judged(folder: Path, prompts: list[list[int]], scores: list[float], protocol: str) -> dict[str, Any]:
    with irdb_sql.connect(write_metadata(folder, ranked(prompts))) as db:
        table = dict(zip(db.images()["image_path"], scores, strict=True))
        (row,) = db.evaluate({"s": table}, protocol=protocol).rows(named=True)
    return row


def test_three_right_strict_pairs_are_two_thirds_as_shipped(tmp_path: Path) -> None:
    pairs = [[1, 2]] * 3
    scores = [1.0, 0.0, 2.0, 0.0, 3.0, 0.0]
    assert judged(tmp_path, pairs, scores, "videoalign")["value"] == pytest.approx(2 / 3)
    assert judged(tmp_path, pairs, scores, "videoalign_mended")["value"] == 1


def test_a_prompt_of_ties_divides_by_zero_and_is_told(tmp_path: Path) -> None:
    row = judged(tmp_path, [[1, 2], [3, 3]], [1.0, 0.0, 1.0, 0.0], "hpsv2_imagereward")
    assert row["value"] is None
    assert row["reason"] == (
        "The script divides by zero: images of 1 of the 2 prompts all have the same rank. Without these it is 100.00 %."
    )


def test_scores_that_are_equal_are_ordered_by_place(tmp_path: Path) -> None:
    assert judged(tmp_path, [[1, 2], [2, 1]], [0.0] * 4, "hpsv2")["value"] == 0.5
    assert judged(tmp_path, [[1, 2], [2, 1]], [0.0] * 4, "imagereward")["value"] == 0


def test_a_threshold_is_tuned_on_validation_also_if_only_test_is_evaluated(db: ImageRewardDB) -> None:
    row = db.evaluate(split="test", protocol="pickscore").filter(scorer="overall_rating").row(0, named=True)
    assert row["reason"].startswith("Tuned on validation, the threshold is 0.")
    assert (
        db.evaluate(split="validation", protocol="pickscore")["reason"]
        .str.starts_with("The threshold is tuned on what")
        .all()
    )
    of_test = db.evaluate(split="test", protocol="pickscore", tune_ties_on="test")
    assert of_test["reason"].str.starts_with("The threshold is tuned on what is reported. Tuned on test").all()
    text = "SELECT reason FROM protocol_values('test', tuned_on := NULL) WHERE protocol = 'pickscore'"
    assert db.sql(text)["reason"].str.starts_with("Tuned on validation, ").all()
    of_train = db.evaluate(split="test", protocol="pickscore", tune_ties_on="train")
    assert of_train["reason"].str.starts_with("Tuned on train, ").all()


def test_the_command_prints_what_the_facade_returns(run_cli: RunCli, db: ImageRewardDB) -> None:
    code, out, _ = run_cli("evaluate", "--split", "test", "--protocol", "all", "--format", "ndjson")
    expected = db.evaluate(split="test", protocol="all")
    assert code == 0
    assert pl.read_ndjson(out.encode(), schema=expected.schema).equals(expected)
    assert run_cli("evaluate", "--protocol", "all", "--metric", "tau_b")[0] == 2
    with pytest.raises(ChoiceError, match="protocol cannot be 'hps'"):
        db.evaluate(protocol="hps")
    for options in ({"metric": "tau_b"}, {"by": "images"}):
        with pytest.raises(RangeError, match="choose either a protocol, or metric and by"):
            db.evaluate(protocol="hpsv2", **options)  # type: ignore[arg-type]


def test_no_data_has_no_values(tmp_path: Path, db: ImageRewardDB) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [])) as empty:
        found = empty.query("protocol_values")
    assert found.is_empty()
    assert found.schema == db.query("protocol_values").schema

"""Published values beside computed ones: what is equal, what differs, and what a source cannot speak to."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata

import irdb_sql
from irdb_sql.core import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from irdb_sql import ImageRewardDB

TABLE_3 = ("recall@1", "recall@2", "recall@4", "filter@1", "filter@2", "filter@4")


def reproduced_values(db: ImageRewardDB) -> dict[str, dict[str, Any]]:
    return db.query("reproduction").rows_by_key("quantity", named=True, unique=True)


def verdicts(found: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    return {
        verdict: [quantity for quantity, row in found.items() if row["verdict"] == verdict]
        for verdict in ("equal", "different", "not computable")
    }


def prompts_of(split: str, counts: list[int], parts: int = 2) -> Iterator[dict[str, Any]]:
    """Make a row of ranked images for each number of images, and spread these prompts over parts."""
    for number, images in enumerate(counts):
        for rank in range(1, images + 1):
            path = f"images/{split}/{split}_{number % parts + 1}/{number}-{rank}.webp"
            yield image(f"{split}-{number}", "", rank, split=split, image_path=path)


@pytest.fixture(scope="module")
def of_real(real_file: Path) -> dict[str, dict[str, Any]]:
    with irdb_sql.connect(real_file) as db:
        return reproduced_values(db)


@pytest.fixture(scope="module")
def of_sample(large_sample: Path) -> dict[str, dict[str, Any]]:
    """Values of a dataset of the published shape, with scores of every image of test by the names of two scorers."""
    with irdb_sql.connect(large_sample) as db:
        paths = db.images(split="test").select("image_path", score=-pl.col("rank").cast(pl.Float64))
    scores = {"imagereward": paths, "CLIP_score": paths.with_columns(score=-pl.col("score")), "BLIP": paths}
    with irdb_sql.connect(large_sample, scores=scores, missing="drop") as db:
        return reproduced_values(db)


@pytest.fixture(scope="module")
def of_embedded(db: ImageRewardDB) -> dict[str, dict[str, Any]]:
    return reproduced_values(db)


@pytest.mark.parametrize(
    ("quantity", "computed", "difference"),
    [
        ("strict pairs of test", 6399, 0),
        ("pairs of test", 7230, 0),
        ("images of test", 2720, 20),
        ("prompts of test", 466, 0),
    ],
)
def test_the_real_test_file_confirms_the_published_test(
    of_real: dict[str, dict[str, Any]], quantity: str, computed: float, difference: float
) -> None:
    row = of_real[quantity]
    assert (row["computed"], row["difference"], row["verdict"]) == (computed, difference, "equal")
    assert row["comparison"] == f"{'rounds to' if difference else 'is'} {row['published_text']}"


def test_the_real_test_file_speaks_to_nothing_else(of_real: dict[str, dict[str, Any]]) -> None:
    found = verdicts(of_real)
    assert (len(found["equal"]), found["different"], len(found["not computable"])) == (4, [], 68)
    assert of_real["pairs of train, subset 8k"]["explanation"].startswith("This source has no train. ")
    assert of_real["images, all splits"]["explanation"].startswith(
        "This source has no train. This source has no validation. "
    )
    assert of_real["accuracy of CLIP Score on test"]["explanation"].startswith(
        "No scores of a scorer named CLIP Score are given. "
    )
    for metric in TABLE_3:
        assert of_real[f"{metric} of ImageReward"]["explanation"].startswith(
            "The paper's test set of 371 prompts is lost. "
        )


def test_every_printed_recall_and_filter_is_a_share_of_371_prompts_and_of_no_fewer(db: ImageRewardDB) -> None:
    printed = db.sql("SELECT published FROM published_values WHERE regexp_matches(quantity, '^(recall|filter)@')")
    values = printed["published"].to_list()
    fitting = {
        prompts: sum(abs(100 * round(value * prompts / 100) / prompts - value) <= 0.005 + 1e-9 for value in values)
        for prompts in range(1, 372)
    }
    assert len(values) == 24
    assert [prompts for prompts, fits in fitting.items() if fits == 24] == [371]
    assert fitting[317] == 1


def test_a_published_value_is_its_text_as_a_number_with_half_its_last_digit(db: ImageRewardDB) -> None:
    rows = db.sql("SELECT published_text, published, half_unit FROM published_values").rows()
    for text, published, half_unit in rows:
        values = units = 0.0
        for term in text.split(" + "):
            factor = 1000 if term[-1] in "kK" else 1
            digits = term.rstrip("kK").replace(",", "")
            values += float(digits) * factor
            units += factor * 10.0 ** -len(digits.partition(".")[2]) / 2
        assert (published, half_unit) == (pytest.approx(values), pytest.approx(units)), text


def test_every_published_value_is_answered_once_and_explained(
    db: ImageRewardDB, of_embedded: dict[str, dict[str, Any]]
) -> None:
    published = db.sql("SELECT place, quantity FROM published_values ORDER BY place")
    assert published["place"].to_list() == list(range(1, 73))
    assert list(of_embedded) == published["quantity"].to_list()
    for row in of_embedded.values():
        reason = row["explanation"].partition(". ")[2] if row["computed"] is None else row["explanation"]
        assert reason.endswith(".")


def test_a_whole_dataset_is_compared_subset_by_subset(
    of_sample: dict[str, dict[str, Any]], large_rows: list[dict[str, Any]]
) -> None:
    for subset, parts in (("1k", 4), ("2k", 8), ("4k", 16), ("8k", 32)):
        rows = [
            row
            for row in large_rows
            if row["split"] == "train" and int(row["image_path"].split("/")[2].removeprefix("train_")) <= parts
        ]
        assert of_sample[f"images of train, subset {subset}"]["computed"] == len(rows)
        assert of_sample[f"prompts of train, subset {subset}"]["verdict"] == "equal"
        row = of_sample[f"pairs of train, subset {subset}"]
        assert row["difference"] == row["computed"] - row["published"]
        assert row["verdict"] == ("equal" if abs(row["difference"]) <= 50 else "different")
    assert of_sample["images, sum of the table"]["computed"] == len(large_rows)
    whole = of_sample["images, all splits"]
    assert (whole["computed"], whole["verdict"]) == (len(large_rows), "different")
    assert whole["explanation"].startswith("The card's own table sums to about 55.2K. ")
    assert of_sample["pairs, sum of the table"]["computed"] > of_sample["strict pairs, all splits"]["computed"]
    assert of_sample["classifications, all splits"]["verdict"] == "equal"


def test_scores_of_a_published_scorer_are_judged_whatever_the_spelling_of_its_name(
    of_sample: dict[str, dict[str, Any]],
) -> None:
    best = of_sample["accuracy of ImageReward on test"]
    assert (best["computed"], best["difference"], best["verdict"]) == (100.0, 34.86, "different")
    assert best["comparison"] == "is not 65.14"
    assert best["explanation"].startswith("acc_macro is 100.00. Compared as acc_micro")
    assert of_sample["accuracy of CLIP Score on test"]["computed"] == 0.0
    recall = of_sample["recall@1 of ImageReward"]
    assert recall["verdict"] == "not computable"
    assert recall["explanation"].startswith("The paper's test set of 371 prompts is lost; on test it is 100.00. ")
    assert of_sample["accuracy of BLIP Score on test"]["explanation"].startswith(
        "No scores of a scorer named BLIP Score are given. "
    )


@pytest.fixture(scope="module")
def of_scored(real_file: Path) -> dict[str, dict[str, Any]]:
    """Values of the real test file with a score of every image, of all but one, of one, and of two by one name."""
    with irdb_sql.connect(real_file) as db:
        uuids = db.sql("SELECT image_path, score FROM scores WHERE scorer = 'uuid' ORDER BY row_index")
    scores = {
        "image-reward": uuids,
        "BLIP Score": uuids.tail(-1),
        "aesthetic_score": uuids.head(1),
        "clip-score": uuids,
        "CLIP Score": uuids,
    }
    with irdb_sql.connect(real_file, scores=scores, missing="drop") as db:
        return reproduced_values(db)


def test_an_accuracy_is_micro_with_macro_beside_it(of_scored: dict[str, dict[str, Any]]) -> None:
    row = of_scored["accuracy of ImageReward on test"]
    assert row["computed"] == pytest.approx(49.1327, abs=5e-5)
    assert row["difference"] == pytest.approx(49.1327 - 65.14, abs=5e-5)
    assert row["explanation"].startswith("acc_macro is 49.43. ")


@pytest.mark.parametrize(
    ("scorer", "reason"),
    [
        ("BLIP Score", "BLIP Score has scores for 6,396 of the 6,399 strict pairs of test."),
        ("Aesthetic Score", "Aesthetic Score has scores for 0 of the 6,399 strict pairs of test."),
        ("CLIP Score", "Scores of 2 scorers named CLIP Score are given."),
    ],
)
def test_scores_that_leave_out_a_pair_or_bear_the_name_twice_are_not_compared(
    of_scored: dict[str, dict[str, Any]], scorer: str, reason: str
) -> None:
    row = of_scored[f"accuracy of {scorer} on test"]
    assert (row["computed"], row["verdict"], row["comparison"]) == (None, "not computable", None)
    assert row["explanation"].startswith(reason)
    assert of_scored[f"recall@1 of {scorer}"]["explanation"].startswith("The paper's test set of 371 prompts is lost. ")


def test_a_split_that_is_partly_there_is_compared_as_far_as_its_parts_go(large_sample: Path, tmp_path: Path) -> None:
    part = pl.col("image_path").str.extract(r"_(\d+)/").cast(pl.Int32)
    for split, kept in (("train", (part <= 4) | (part == 20)), ("test", part == 2)):
        name = f"metadata-{split}.parquet"
        pl.read_parquet(large_sample / name).filter(kept).write_parquet(tmp_path / name)
    with irdb_sql.connect(tmp_path) as db:
        found = reproduced_values(db)
    assert found["images of train, subset 1k"]["verdict"] == "equal"
    for quantity, reason in (
        ("pairs of train, subset 2k", "This source has 4 of the 8 parts of train, subset 2k. "),
        ("prompts of train, subset 8k", "This source has 5 of the 32 parts of train, subset 8k. "),
        ("prompts of train", "This source has 5 of the 32 parts of train. "),
        ("prompts of test", "This source has 1 of the 2 parts of test. "),
        ("strict pairs, all splits", "This source has 5 of the 32 parts of train. This source has no validation. "),
    ):
        assert found[quantity]["computed"] is None
        assert found[quantity]["explanation"].startswith(reason)


@pytest.fixture(scope="module")
def of_made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Values of a train without parts, a validation half a unit off, and a test that is one image farther off."""
    rows = [
        row
        for split, prompts, images in (("train", 8000, 8000), ("validation", 412, 2550), ("test", 466, 2751))
        for row in prompts_of(split, [images // prompts + (number < images % prompts) for number in range(prompts)])
    ]
    for row in rows:
        if row["split"] == "train":
            row["image_path"] = row["image_path"].replace("/", "-")
    with irdb_sql.connect(write_metadata(tmp_path_factory.mktemp("made"), rows)) as db:
        return reproduced_values(db)


def test_a_train_without_parts_has_no_subset(of_made: dict[str, dict[str, Any]]) -> None:
    assert of_made["prompts of train"]["verdict"] == "equal"
    assert of_made["prompts of train, subset 8k"]["explanation"].startswith(
        "No image path of train names a part here, and a subset is made of parts. "
    )


def test_a_count_at_half_a_unit_is_equal_and_one_beyond_is_different(of_made: dict[str, dict[str, Any]]) -> None:
    columns = ("computed", "difference", "verdict")
    assert [of_made["images of validation"][name] for name in columns] == [2550, -50, "equal"]
    assert [of_made["images of test"][name] for name in columns] == [2751, 51, "different"]


@pytest.mark.parametrize(
    ("computed", "published", "half_unit", "verdict"),
    [
        (2549, 2600, 50, "different"),
        (2550, 2600, 50, "equal"),
        (2650, 2600, 50, "equal"),
        (2651, 2600, 50, "different"),
        (65.1349999, 65.14, 0.005, "different"),
        (65.135, 65.14, 0.005, "equal"),
        (65.145, 65.14, 0.005, "equal"),
        (65.1450001, 65.14, 0.005, "different"),
        (None, 65.14, 0.005, "not computable"),
    ],
)
def test_half_a_unit_off_is_equal_from_both_sides_whatever_floating_point_makes_of_it(
    db: ImageRewardDB, computed: float | None, published: float, half_unit: float, verdict: str
) -> None:
    params = {"computed": computed, "published": published, "half_unit": half_unit}
    assert db.sql("SELECT reproduction_verdict($computed, $published, $half_unit) AS verdict", params).item() == verdict


def test_a_sample_of_other_size_is_told_by_its_prompts_and_not_compared(
    of_embedded: dict[str, dict[str, Any]],
) -> None:
    compared = verdicts(of_embedded)
    assert not compared["equal"]
    assert all(quantity.startswith("prompts") for quantity in compared["different"])
    assert of_embedded["prompts of test"]["explanation"].startswith(
        "Prompts differ: 48 in test here, 466 published, so this is not that set, or not all of it. "
    )
    assert of_embedded["accuracy of ImageReward on test"]["explanation"].startswith("Prompts differ: 48 in test here, ")


def test_images_that_are_left_out_are_told(tmp_path: Path) -> None:
    with (
        irdb_sql.connect(write_metadata(tmp_path, prompts_of("test", [2] * 466))) as db,
        db.connection() as connection,
    ):
        connection.execute("CREATE OR REPLACE TEMP VIEW left_out_images AS SELECT 0::BIGINT AS row_index")
        connection.execute(catalog.load().views["images"].text)
        found = connection.sql("SELECT * EXCLUDE quantity FROM computed_values() WHERE quantity = 'images of test'")
        assert found.fetchall() == [(931, "Images are left out here: 1.")]


def test_the_facts_of_the_paper_are_counted_over_all_splits(
    of_sample: dict[str, dict[str, Any]], large_rows: list[dict[str, Any]]
) -> None:
    prompts: dict[Any, list[dict[str, Any]]] = {}
    for row in large_rows:
        prompts.setdefault((row["split"], row["prompt_id"]), []).append(row)
    sizes = [len(rows) for rows in prompts.values()]
    pairs = [
        pair
        for rows in prompts.values()
        for pair in itertools.permutations(rows, 2)
        if pair[0]["rank"] < pair[1]["rank"]
    ]
    expected = {
        "prompts": len(prompts),
        "compared pairs": len(pairs),
        **{
            f"prompts of {name}": sum(rows[0]["classification"] == name for rows in prompts.values())
            for name in ("People", "Arts", "Outdoor Scenes", "Artifacts", "Animals")
        },
        "fewest images of a prompt": min(sizes),
        "most images of a prompt": max(sizes),
        "most images of a prompt at one rank": max(
            max(Counter(row["rank"] for row in rows).values()) for rows in prompts.values()
        ),
        "strict pairs whose better image is rated lower": sum(
            better["overall_rating"] < worse["overall_rating"] for better, worse in pairs
        ),
    }
    assert {name: of_sample[f"{name}, all splits"]["computed"] for name in expected} == expected
    best = of_sample["accuracy of ImageReward on test, mean over prompts"]
    assert (best["computed"], best["verdict"]) == (100.0, "different")
    assert best["explanation"].startswith("acc_micro is 100.00. Compared as acc_macro")


def test_all_accuracies_of_the_paper_are_shares_of_the_strict_pairs_of_test(db: ImageRewardDB) -> None:
    printed = db.sql(
        "SELECT published FROM published_values WHERE regexp_matches(quantity, '^accuracy of .* on test$')"
    )
    assert printed.height == 6
    for value in printed["published"]:
        assert abs(100 * round(value * 6399 / 100) / 6399 - value) <= 0.005 + 1e-9


def test_no_data_confirms_nothing(tmp_path: Path) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [])) as db:
        frame = db.query("reproduction")
    assert frame["place"].to_list() == list(range(1, 73))
    assert set(frame["verdict"]) == {"not computable"}
    assert frame["computed"].null_count() == frame["difference"].null_count() == 72
    assert frame.schema == {
        "place": pl.Int32,
        "source": pl.String,
        "quantity": pl.String,
        "published_text": pl.String,
        "published": pl.Float64,
        "computed": pl.Float64,
        "difference": pl.Float64,
        "verdict": pl.String,
        "comparison": pl.String,
        "explanation": pl.String,
    }

"""The repair plan: where the originals of broken images are, as far as names tell."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from conftest import Row, RunCli, image, write_metadata

import irdb_sql
from irdb_sql.engine.errors import QueryError

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB

FOLDER = "images/test/test_1"
BROKEN = b"not as its CRC says"
FIRST, SECOND = "diffusiondb-large-part-1/part-005658.zip", "diffusiondb-large-part-2/part-010001.zip"
URL = "https://huggingface.co/datasets/poloclub/diffusiondb/resolve/main/"


def uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good image, an empty, a missing, and one whose CRC is wrong; two that have not the published names."""
    rows = [
        image("005658-0040", uuid(1), 1),
        image("005658-0040", uuid(2), 2),
        image("010001-0001", uuid(3), 1),
        image("010001-0001", uuid(4), 2),
        image("my prompt", uuid(5), 1),
        image("005658-0041", "mine", 1),
        image("005658-0041", uuid(7), 2, split="train"),
    ]
    path = tmp_path / "data" / f"{FOLDER}.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        for number, content in ((1, b"good"), (2, b""), (4, BROKEN)):
            archive.writestr(zipfile.ZipInfo(f"{uuid(number)}.webp"), content)
    path.write_bytes(path.read_bytes().replace(BROKEN, BROKEN.upper()))
    return write_metadata(tmp_path / "data", rows)


def planned(db: ImageRewardDB) -> list[Row]:
    return db.query("repair_plan").to_dicts()


def test_a_plan_names_archive_and_member_of_each_broken_image(folder: Path) -> None:
    with irdb_sql.connect(folder) as db:
        plan = planned(db)
        assert [(row["prompt_id"], row["status"], row["archive"], row["member"]) for row in plan] == [
            ("005658-0040", "empty", FIRST, f"{uuid(2)}.webp"),
            ("010001-0001", "missing", SECOND, f"{uuid(3)}.webp"),
            ("my prompt", "missing", None, None),
            ("005658-0041", "missing", None, None),
        ]
        assert [row["problem"] for row in plan] == [
            None,
            None,
            "prompt_id names no part of DiffusionDB Large",
            "the file name is not one of DiffusionDB Large, which are {uuid}.webp",
        ]
        assert (plan[0]["detail"], plan[0]["prompt"]) == (
            "its member of the archive has no bytes",
            "text of 005658-0040",
        )
        assert db.query("repair_plan", split="train").is_empty()  # neither its zip nor its folder is there
        assert db.query("repair_downloads", split="test").rows() == [(FIRST, URL + FIRST, 1), (SECOND, URL + SECOND, 1)]
        with pytest.raises(QueryError, match="unknown split 'tset'"):
            db.sql("FROM repair_downloads('tset')")


def test_what_a_verification_has_found_is_in_the_plan_too(folder: Path, tmp_path: Path) -> None:
    verified = tmp_path / "verified.parquet"
    with irdb_sql.connect(folder) as db:
        db.image_files(verify=True).write_parquet(verified)
    with irdb_sql.connect(folder, images=verified) as db:
        plan = planned(db)
        assert [(row["status"], row["member"]) for row in plan if row["archive"]] == [
            ("empty", f"{uuid(2)}.webp"),
            ("missing", f"{uuid(3)}.webp"),
            ("unverified", f"{uuid(4)}.webp"),
        ]
        assert plan[2]["detail"] == "the verification did not find it ok, or it has changed since"
        assert db.query("repair_downloads")["members"].to_list() == [1, 2]
    with irdb_sql.connect(folder, images="ok") as db:
        assert [row["status"] for row in planned(db)] == ["empty", "missing", "missing", "missing"]


def test_a_member_at_its_image_path_repairs_the_image(folder: Path) -> None:
    with irdb_sql.connect(folder) as db:
        first = planned(db)[0]
        (folder / first["image_path"]).parent.mkdir()
        (folder / first["image_path"]).write_bytes(b"the original")
        assert first["image_path"] not in [row["image_path"] for row in planned(db)]
        assert db.with_images(db.images().filter(image_path=first["image_path"]))["image"].to_list() == [
            b"the original"
        ]


def test_an_image_that_stands_in_several_rows_is_one_member(folder: Path) -> None:
    write_metadata(folder, [image("005658-0040", uuid(2), rank) for rank in (1, 2)])
    with irdb_sql.connect(folder) as db:
        assert (db.query("repair_plan").height, db.query("repair_downloads")["members"].to_list()) == (2, [1])


@pytest.mark.parametrize(
    ("prompt_id", "archive"),
    [
        ("005658-0040", FIRST),
        ("000001-0000", "diffusiondb-large-part-1/part-000001.zip"),
        ("010000-0000", "diffusiondb-large-part-1/part-010000.zip"),
        ("010001-0000", SECOND),
        ("014000-9999", "diffusiondb-large-part-2/part-014000.zip"),
        *(
            (word, None)
            for word in ("014001-0000", "000000-0000", "5658-0040", "005658-0040\n", "00565a-0040", "", None)
        ),
    ],
)
def test_a_prompt_id_names_a_part_of_the_large_set_or_none(
    db: ImageRewardDB, prompt_id: str | None, archive: str | None
) -> None:
    assert db.sql("SELECT diffusiondb_archive($prompt_id)", {"prompt_id": prompt_id}).item() == archive


def test_the_paths_of_the_published_ranking_file_name_the_same_parts(real_file: Path) -> None:
    text = """
        SELECT count(*), count(*) FILTER (
            WHERE starts_with(image_path, concat(regexp_extract(diffusiondb_archive(prompt_id), 'part-[0-9]{6}'), '/images/'))
        )
        FROM images
    """
    with irdb_sql.connect(real_file) as db:
        assert db.sql(text).row(0) == (2720, 2720)


def test_the_list_of_downloads_is_a_file_for_other_tools(folder: Path, run_cli: RunCli) -> None:
    assert run_cli("query", "repair_downloads", "--data", folder, "--format", "csv") == (
        0, f"archive,url,members\n{FIRST},{URL}{FIRST},1\n{SECOND},{URL}{SECOND},1\n", "",
    )  # fmt: skip
    text = "SELECT url FROM repair_downloads() ORDER BY url"
    assert run_cli("sql", text, "--data", folder, "--format", "csv") == (0, f"url\n{URL}{FIRST}\n{URL}{SECOND}\n", "")

"""Columns of bytes: which ones are made, of what types, and each image read once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.images import FOLDER, content, write_zip

import irdb_sql
from irdb_sql.errors import ChoiceError
from irdb_sql.images import store as image_store
from irdb_sql.images.errors import PathColumnError

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB


def test_groups_have_lists_of_bytes(tmp_path: Path) -> None:
    write_zip(tmp_path / f"{FOLDER}.zip", {f"{name}.webp": content(name) for name in "abc"})
    write_metadata(tmp_path, [image("q", "c", 1), image("p", "a", 2), image("p", "b", 1)])
    with irdb_sql.connect(tmp_path) as db:
        groups = db.groups(images=True)
        assert groups.schema["image"] == pl.List(pl.Binary)
        assert groups["image"].to_list() == [[content("c")], [content("a"), content("b")]]
        assert db.groups(images=True, lazy=True).collect().equals(groups)
        paths = pl.DataFrame({"image_path": [None, [], groups["image_path"][0].to_list(), [None]]})
        assert db.with_images(paths)["image"].to_list() == [None, [], [content("c")], [None]]
        assert db.with_images(paths.lazy()).collect()["image"].to_list() == [None, [], [content("c")], [None]]
        assert db.with_images(paths, on_error="skip")["image"].to_list() == [[], [content("c")]]


def test_columns_are_found_or_named(db: ImageRewardDB) -> None:
    pairs = db.pairs(split="test").head(2)
    assert db.with_images(pairs).columns[-2:] == ["better_image", "worse_image"]
    assert db.with_images(pairs, "worse_path").columns[-1] == "worse_image"
    assert db.with_images(pairs, {"better_path": "chosen"}).columns[-1] == "chosen"
    renamed = pairs.select(pl.col("better_path").alias("where"))
    assert db.with_images(renamed, ["where"]).columns == ["where", "where_image"]
    assert db.with_images(pairs.cast({"better_path": pl.Categorical})).equals(
        db.with_images(pairs).cast({"better_path": pl.Categorical})
    )


def test_columns_that_cannot_be_are_refused(db: ImageRewardDB) -> None:
    pairs = db.pairs(split="test").head(2)
    for frame in (pairs, pairs.lazy()):
        with pytest.raises(PathColumnError, match="has none of the columns image_path, better_path, worse_path"):
            db.with_images(frame.select("rank_gap"))
        with pytest.raises(PathColumnError, match="no column 'beter_path'") as refused:
            db.with_images(frame, ["beter_path"])
        assert "did you mean 'better_path'?" in str(refused.value)
        with pytest.raises(PathColumnError, match="column 'rank_gap' holds Int16, not paths"):
            db.with_images(frame, "rank_gap")
        with pytest.raises(PathColumnError, match="name 'prompt' is already used"):
            db.with_images(frame, {"better_path": "prompt"})
        with pytest.raises(PathColumnError, match="name 'x' is already used"):
            db.with_images(frame, {"better_path": "x", "worse_path": "x"})
        with pytest.raises(ChoiceError, match="on_error cannot be 'ignore'"):
            db.with_images(frame, on_error="ignore")  # type: ignore[call-overload]  # no such choice
    with pytest.raises(PathColumnError):
        db.query("pair_counts", images=True)


def test_an_empty_frame_has_the_column_of_bytes(db: ImageRewardDB) -> None:
    nothing = db.images().clear()
    for on_error in ("raise", "null", "skip"):
        assert db.with_images(nothing, on_error=on_error).schema["image"] == pl.Binary
        assert db.with_images(nothing.lazy(), on_error=on_error).collect().schema["image"] == pl.Binary
    assert db.with_images(db.groups().clear()).schema["image"] == pl.List(pl.Binary)


# What goes wrong, each planted in the middle image of three.


def test_an_image_is_read_once_however_often_a_frame_names_it(
    db: ImageRewardDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths_read: list[str] = []
    read = image_store.ImageStore.read

    def spy(self: image_store.ImageStore, paths: list[str]) -> Any:
        paths_read.extend(paths)
        return read(self, paths)

    monkeypatch.setattr(image_store.ImageStore, "read", spy)
    pairs = db.pairs(split="test", images=True)
    assert len(paths_read) == len(set(paths_read)) == len({*pairs["better_path"], *pairs["worse_path"]})
    by_path = dict(db.images(split="test", images=True).select("image_path", "image").iter_rows())
    assert pairs["better_image"].to_list() == [by_path[path] for path in pairs["better_path"]]
    assert pairs["worse_image"].to_list() == [by_path[path] for path in pairs["worse_path"]]

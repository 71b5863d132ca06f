"""Measures of images: against an oracle, of every kind of picture, and in the files that hold them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl
import pytest
from conftest import RunCli, image, write_metadata
from fakes.images import webp, write_zip
from oracles import confounds as oracle
from PIL import Image

import irdb_sql
from irdb_sql.core import catalog as catalogs
from irdb_sql.database.verified import attach_measures
from irdb_sql.errors import FileError
from irdb_sql.images import measures
from irdb_sql.images.decode import open_image
from irdb_sql.images.errors import MeasuresNotFoundError, OtherMeasuresError
from irdb_sql.sources.errors import BrokenFileError, PointerFileError, TwinColumnsError

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

NAMES = list(measures.Measures._fields)
NOISE = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)


def encoded(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


PICTURES = {
    "noise": Image.fromarray(NOISE),
    "one pixel": Image.new("RGB", (1, 1), (10, 200, 30)),
    "two rows": Image.fromarray(NOISE[:2]),
    "one column": Image.fromarray(NOISE[:, :1]),
    "three by three": Image.fromarray(NOISE[:3, :3]),
    "black": Image.new("RGB", (5, 4)),
    "white": Image.new("RGB", (5, 4), (255, 255, 255)),
    "red": Image.new("RGB", (5, 4), (255, 0, 0)),
    "grey": Image.fromarray(NOISE[:, :, 0]),
    "transparent": Image.fromarray(np.dstack([NOISE, NOISE[:, :, :1]])),
    "palette": Image.fromarray(NOISE).quantize(4),
    "16 bits": Image.fromarray((NOISE[:, :, 0].astype(np.uint16) << 8) + NOISE[:, :, 1]),
    "two colours": Image.fromarray(NOISE[:, :, 0] > 127),
}


@pytest.mark.parametrize("name", PICTURES)
def test_measures_are_those_of_the_oracle(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = open_image(encoded(PICTURES[name]))
    rows = cast("Any", np.asarray(picture).tolist())
    measured = measures.measure(picture)
    assert measured[:2] == PICTURES[name].size
    for actual, expected in zip(measured[2:], oracle.measures(rows), strict=True):
        assert actual == (None if expected is None else pytest.approx(expected, rel=1e-14, abs=1e-14))
    monkeypatch.setattr(measures, "_PIXELS_AT_ONCE", 15)  # a strip of two rows
    assert measures.measure(picture) == measured


def test_what_has_one_colour_has_no_sharpness_and_no_entropy() -> None:
    assert measures.measure(PICTURES["red"])[2:] == (76 / 255, 1.0, 0.0, 0.0)
    assert measures.measure(PICTURES["black"])[2:] == (0.0, 0.0, 0.0, 0.0)
    assert measures.measure(PICTURES["one pixel"])[4] is None


def test_images_that_are_not_ok_have_no_measures(folder: Path) -> None:
    with irdb_sql.connect(folder) as db:
        decoded, measured = db.image_files(decode=True), db.image_files(measure=True)
    assert measured.drop(NAMES).equals(decoded)
    assert measured.columns == [*decoded.columns[:-1], *NAMES, "row_index"]
    good, fine = (tuple(measures.measure(open_image(webp(shade)))) for shade in (1, 2))
    assert measured.select(NAMES).rows() == [good, fine, *[(None,) * len(NAMES)] * 4]


def test_an_interrupted_run_goes_on_with_the_measures_it_has(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "journal"
    with irdb_sql.connect(folder) as db:
        whole = db.image_files(measure=True, journal=journal)
        lines = [json.loads(line) for line in journal.read_text().splitlines()]
        assert lines[0] == {"irdb_verify": 1, "decode": False, "measure": True}
        monkeypatch.setattr(measures, "measure", None)  # which nobody calls again
        assert db.image_files(measure=True, journal=journal).equals(whole)
        assert "width" not in db.image_files(decode=True, journal=journal).columns


def measured_folder(folder: Path) -> Path:
    """Three images of one prompt, of one colour each, and a file with their measures."""
    names = ["a", "b", "c"]
    write_metadata(folder, [image("p", name, rank) for rank, name in enumerate(names, start=1)])
    shades = {f"{name}.webp": webp(10 * place) for place, name in enumerate(names)}
    write_zip(folder / "images" / "test" / "test_1.zip", shades)
    with irdb_sql.connect(folder) as db:
        db.image_files(measure=True).write_parquet(folder / "measured.parquet")
    return folder


def test_measures_of_a_file_are_in_a_view(tmp_path: Path) -> None:
    folder = measured_folder(tmp_path)
    rows = pl.read_parquet(folder / "measured.parquet")
    expected = rows.select("image_path", "size", *NAMES)
    with irdb_sql.connect(folder, measures=folder / "measured.parquet", images=folder / "measured.parquet") as db:
        assert db.query("image_measures").equals(expected)
        assert db.images().height == 3
    with irdb_sql.connect(folder, trusted=True) as db:
        assert db.query("image_measures").is_empty()
        assert db.query("image_measures").schema == expected.schema

        def attached(frame: pl.DataFrame) -> pl.DataFrame:
            frame.write_parquet(folder / "changed.parquet")
            text = "FROM measured_images($path) ORDER BY image_path"
            return db.sql(text, path=str(folder / "changed.parquet"))

        assert attached(pl.concat([rows, rows.reverse()])).equals(expected)
        assert attached(rows.rename(str.upper)).equals(expected)
        assert attached(rows.with_columns(pl.col("size").cast(pl.String))).equals(expected)
        assert attached(rows.with_columns(status=pl.Series(["ok", "corrupt", "ok"]))).equals(expected[::2])
        odd = attached(rows.with_columns(brightness=pl.Series([float("nan"), float("inf"), None])))
        assert odd["brightness"].null_count() == 3


def test_a_file_that_has_no_measures_of_the_images_is_refused(tmp_path: Path) -> None:
    folder = measured_folder(tmp_path)
    rows = pl.read_parquet(folder / "measured.parquet")
    file = folder / "other.parquet"
    cases: list[tuple[type[FileError], str, pl.DataFrame | bytes]] = [
        (BrokenFileError, "is no file of measures, a parquet file of irdb verify --measure", b"x"),
        (BrokenFileError, "it has no column 'brightness'", rows.drop("brightness")),
        (BrokenFileError, "it has no column 'width'", rows.drop(NAMES)),
        (BrokenFileError, "Could not convert", rows.with_columns(entropy=pl.lit("much"))),
        (TwinColumnsError, "entropy", rows.with_columns(ENTROPY=pl.lit(1.0))),
        (PointerFileError, "Git LFS", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        (OtherMeasuresError, "has measures of no image of this data", rows.with_columns(image_path=pl.lit("x"))),
        (OtherMeasuresError, "no image", rows.head(0)),
    ]
    with irdb_sql.connect(folder, trusted=True) as db:
        engine = db._engine  # noqa: SLF001 - as opening a database for each takes longer
        for kind, words, content in cases:
            if isinstance(content, bytes):
                file.write_bytes(content)
            else:
                content.write_parquet(file)
            with pytest.raises(kind, match=words):
                attach_measures(engine, catalogs.load(), file)
        with pytest.raises(irdb_sql.IrdbError, match="it is a folder"):
            attach_measures(engine, catalogs.load(), folder)
    with pytest.raises(MeasuresNotFoundError, match="no file of irdb verify --measure is called"):
        irdb_sql.connect(folder, measures=folder / "nothing.parquet")


def test_measures_of_no_images_are_no_error(tmp_path: Path, db: ImageRewardDB) -> None:
    db.image_files().head(0).with_columns(pl.lit(1.0).alias(name) for name in NAMES).write_parquet(
        tmp_path / "m.parquet"
    )
    with irdb_sql.connect(write_metadata(tmp_path, []), measures=tmp_path / "m.parquet") as empty:
        assert empty.query("image_measures").is_empty()


def test_the_command_writes_measures_that_a_query_takes(run_cli: RunCli, tmp_path: Path) -> None:
    folder = measured_folder(tmp_path)
    code, out, err = run_cli("verify", "--data", folder, "--measure", "-o", "m.parquet")
    assert (code, out, err) == (0, "", "note: wrote 3 rows to m.parquet\nnote: 3 of 3 images are ok\n")
    assert pl.read_parquet(tmp_path / "m.parquet").equals(pl.read_parquet(folder / "measured.parquet"))
    code, out, err = run_cli("query", "image_measures", "--data", folder, "--measures", "m.parquet", "--format", "csv")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "image_path,size," + ",".join(NAMES)
    assert out.splitlines()[1].endswith(",16,16,0.11372549019607843,1.0,0.0,0.0")
    code, out, err = run_cli("query", "image_measures", "--data", folder, "--measures", "n.parquet")
    assert (code, out) == (3, "")
    assert "no file of irdb verify --measure is called 'n.parquet'" in err

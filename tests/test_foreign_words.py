"""What DuckDB, Polars, Arrow, Pillow and readers of zips and JSON say of wrong input is never all that a user sees.

Each error is one of ours: a sentence about the input, without addresses of objects, representations of tables, names of
our own temporary files, and advice on settings that nobody can reach.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest
from conftest import image, write_metadata
from PIL import Image

import irdb_sql
from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from irdb_sql import ImageRewardDB

FOREIGN = re.compile(
    r"0x[0-9a-f]{5,}|object at|<class|Traceback|shape: \(|\bSeries\b|DataFrame|pyarrow|polars|\bPIL\b|\.irdb-|Errno"
    r"|(?i:\bset )['\"]?\w+ ?(?:=|TO\b)|_ZN\d|_size\b|ignore_errors|strict_mode|null_padding|Did you mean|BadZipFile|Try (?:setting|increasing)|(?:Input|IO) Error: .*cut short"
)
"""Words of other libraries that no user can use."""

DEEP = f"SELECT {'+'.join(['1'] * 3_000)}"
"""A sum of more terms than DuckDB nests."""

STATEMENTS = """
FROM nowhere
SELECT nothing FROM images
SELECT lenght('a')
SELECT 1 % 0
SELECT 1 // 0
FROM images ORDER BY 'a'
SELECT string_agg(split, ',' ORDER BY 'a') FROM images
SELECT 1::nothing
SELECT 'a'::INT
SELECT cast(prompt AS DATE) FROM images
SELECT 9223372036854775807 + 1
SELECT date '2020-13-01'
SELECT make_date(2020, 13, 1)
SELECT 1 FROM images WHERE
SELECT split, count(*) FROM images
SELECT sum(prompt) FROM images
FROM 'mine.csv'
FROM read_csv('mine.csv')
SELECT (SELECT split FROM images)
SELECT list_value(1, 2)[1:2:0]
SELECT json('{')
SELECT '{'::JSON
SELECT [1, 2]::INT[3]
SELECT 'x'::UUID
SELECT regexp_matches('a', '(')
SELECT strptime('x', '%Q')
SELECT $a
SELECT ?
SELECT repeat('x', 100000000000)
SELECT 1 UNION SELECT 1, 2
SELECT images.split FROM prompts
SELECT interval 'x'
SELECT interval 1 DAY
SELECT '101'::BIT
SELECT DATE 'infinity'
FROM images LIMIT 'a'
FROM images ORDER BY 99
SELECT row_number() FROM images
PIVOT images ON split
COPY images TO 'x'
SELECT COLUMNS('zzz') FROM images
FROM range(1, 2, 0)
SELECT error('own words')
SELECT decimal '1e400'
SELECT chr(-5)
SELECT x'zz'
SELECT 'a' LIKE 'b' ESCAPE 'cc'
SELECT array_cosine_similarity([1], [1, 2])
SELECT map([1, 1], [1, 2])
FROM preference_pairs(in_split := 'tset')
FROM preference_pairs(split := 'test')
FROM pair_counts('test', 2, 3, 4)
SELECT struct_pack(a := 1).b
SELECT '\\x'::BLOB
FROM information_schema.nope
SELECT unnest([1]) WHERE unnest([1])
SELECT 1, 1 AS a, a.b
VALUES (1), (1, 2)
""".strip().splitlines()


def said(error: IrdbError) -> str:
    """Return what a user sees of an error, after checking that it is ours alone."""
    text = str(error)
    assert (found := FOREIGN.search(text)) is None, f"{found!r} in {text}"
    assert error.sentence
    assert "\n\n\n" not in text
    return text


@pytest.mark.parametrize("text", [*STATEMENTS, pytest.param(DEEP, id="a deep sum")])
@pytest.mark.parametrize("lazy", [False, True])
def test_a_statement_that_fails_says_so_in_words_that_help(db: ImageRewardDB, text: str, *, lazy: bool) -> None:
    with pytest.raises(IrdbError) as caught:
        db.sql(text, lazy=lazy).lazy().collect()
    said(caught.value)


FRAMES = {
    "objects": pl.DataFrame({"x": [object()]}, schema={"x": pl.Object}),
    "no columns": pl.DataFrame(),
    "twins": pl.DataFrame({"a": [1], "A": [2]}),
    "nul": pl.DataFrame({"a\0b": [1]}),
    "unions": pa.table({"x": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])}),
    "months": pa.table({"x": pa.array([(1, 2, 3)], pa.month_day_nano_interval())}),
    "wide decimals": pa.table({"x": pa.array([None], pa.decimal256(60, 2))}),
    "text": "text",
    "numbers": [1, 2],
}
"""Tables that cannot be registered, or can, where nothing is lost."""


@pytest.mark.parametrize("name", FRAMES)
def test_a_table_that_cannot_be_registered_says_so_in_words_that_help(name: str) -> None:
    with irdb_sql.connect() as db:
        try:
            db.register("mine", FRAMES[name])
            db.sql("SELECT count(*) FROM mine")
        except IrdbError as error:
            said(error)


SCORES: dict[str, Any] = {
    "text": pl.DataFrame({"image_path": ["a"], "score": ["good"]}),
    "lists": pl.DataFrame({"image_path": ["a"], "score": [[1, 2]]}),
    "structs": pl.DataFrame({"image_path": ["a"], "score": [{"a": 1}]}),
    "objects": pl.DataFrame(
        {"image_path": ["a"], "score": [object()]}, schema={"image_path": pl.String, "score": pl.Object}
    ),
    "dates": pl.DataFrame({"image_path": ["a"], "score": [1]}).with_columns(pl.col("score").cast(pl.Date)),
    "wide decimals": pa.table({"image_path": ["a"], "score": pa.array([None], pa.decimal256(60, 2))}),
    "no paths": pl.DataFrame({"score": [1.0]}),
    "paths that are numbers": pl.DataFrame({"image_path": [1], "score": [1.0]}),
    "no rows": pl.DataFrame({"image_path": [], "score": []}),
    "unknown image": pl.DataFrame({"image_path": ["nowhere.webp"], "score": [1.0]}),
    "a number": 3,
    "bytes": b"x",
    "a mapping of nothing": {},
    "a mapping of a number to one": {1: 2},
}


@pytest.mark.parametrize("name", SCORES)
def test_scores_that_are_none_say_so_in_words_that_help(db: ImageRewardDB, name: str) -> None:
    with pytest.raises(IrdbError) as caught:
        db.evaluate(SCORES[name], resamples=5)
    said(caught.value)


def damages(content: bytes) -> list[bytes]:
    """Return what files are after a broken copy: cut, overwritten, empty, of another kind."""
    half = len(content) // 2
    changed = bytes(255 - byte for byte in content[half : half + 40])
    return [
        b"", content[:4], content[:half], content[:-1], content[:half] + changed + content[half + 40 :],
        content[:-12] + bytes(12), b"\xff\xfe\0\0" * 8, b"<html>not found</html>", b"{", b"[]", b"null", b'{"a": 1}\n' * 3,
        b"a,b\n1\n1,2,3\n", b'"', b"PAR1" + bytes(20) + b"PAR1", b"PK\x05\x06" + bytes(18), b"\x89PNG\r\n\x1a\n", b"RIFF\x04\0\0\0WEBP",
    ]  # fmt: skip


def open_metadata(folder: Path, content: bytes) -> None:
    (folder / "metadata-test.parquet").write_bytes(content)
    with irdb_sql.connect(folder) as db:
        db.images()
        db.pair_counts()


def open_ranking(folder: Path, content: bytes) -> None:
    (folder / "ranking.json").write_bytes(content)
    with irdb_sql.connect(folder / "ranking.json") as db:
        db.images()


def evaluate_file(suffix: str) -> Callable[[Path, bytes], None]:
    def evaluate(folder: Path, content: bytes) -> None:
        (folder / f"scores.{suffix}").write_bytes(content)
        with irdb_sql.connect(folder) as db:
            db.evaluate(folder / f"scores.{suffix}", resamples=5)

    return evaluate


def open_verification(folder: Path, content: bytes) -> None:
    (folder / "verified.parquet").write_bytes(content)
    irdb_sql.connect(folder, images=folder / "verified.parquet").close()


def read_image(folder: Path, content: bytes) -> None:
    place = folder / "images" / "test" / "test_1"
    place.mkdir(parents=True, exist_ok=True)
    (place / "a.webp").write_bytes(content)
    with irdb_sql.connect(folder) as db:
        frame = db.with_images(db.images().head(1))
        irdb_sql.decode(frame["image"])


def read_zip(folder: Path, content: bytes) -> None:
    place = folder / "images" / "test"
    place.mkdir(parents=True, exist_ok=True)
    (place / "test_1.zip").write_bytes(content)
    with irdb_sql.connect(folder) as db:
        db.with_images(db.images().head(1))


def compare_export(folder: Path, content: bytes) -> None:
    (folder / "pairs.parquet").write_bytes(content)
    with irdb_sql.connect(folder) as db:
        db.check_split(folder / "pairs.parquet", "test")


def encoded(frame: pl.DataFrame, suffix: str) -> bytes:
    target = io.BytesIO()
    getattr(frame, f"write_{suffix}")(target)
    return target.getvalue()


def picture() -> bytes:
    target = io.BytesIO()
    Image.effect_noise((32, 32), 50).save(target, "WEBP")
    return target.getvalue()


def zipped(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.webp", content)
    return target.getvalue()


ROWS = [image("p", "a", 1), image("p", "b", 2)]
RANKING = [{"id": "p", "prompt": "t", "generations": ["x/a.webp", "x/b.webp"], "ranking": [1, 2]}]
WIDE = pl.DataFrame({"image_path": [row["image_path"] for row in ROWS], "score": [2.0, 1.0]})
VERIFIED = pl.DataFrame({"image_path": WIDE["image_path"], "status": ["ok", "ok"]})
READERS: dict[str, tuple[Callable[[Path, bytes], None], Callable[[Path], bytes]]] = {
    "metadata": (open_metadata, lambda folder: (folder / "metadata-test.parquet").read_bytes()),
    "ranking file": (open_ranking, lambda _: json.dumps(RANKING).encode()),
    **{
        f"scores in {suffix}": (evaluate_file(suffix), lambda _, suffix=suffix: encoded(WIDE, suffix))  # type: ignore[misc]
        for suffix in ("parquet", "csv", "json", "ndjson")
    },
    "verification": (open_verification, lambda _: encoded(VERIFIED, "parquet")),
    "image": (read_image, lambda _: picture()),
    "zip": (read_zip, lambda _: zipped(picture())),
    "export": (compare_export, lambda folder: (folder / "metadata-test.parquet").read_bytes()),
}
"""What reads a file, and a file that it can read."""


@pytest.mark.parametrize("name", READERS)
def test_a_broken_file_is_told_by_us(tmp_path: Path, name: str) -> None:
    read, sound = READERS[name]
    write_metadata(tmp_path, ROWS)
    content = sound(tmp_path)
    refused = 0
    for damaged in damages(content):
        try:
            read(tmp_path, damaged)
        except IrdbError as error:
            refused += 1
            text = said(error)
            assert re.search(r"metadata-test|ranking|scores|verified|a\.webp|test_1|pairs|image|bytes", text), text
    assert refused > len(damages(content)) // 2

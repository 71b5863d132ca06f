"""Lazy frames with image bytes: the rows that the same plan gives eagerly, and no image read that does not come out."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs
import pytest

import irdb_sql
from irdb_sql.engine.errors import ClosedError
from irdb_sql.images import runs as image_runs
from irdb_sql.images import store as image_store
from irdb_sql.images.errors import ImageError
from irdb_sql.images.faults import Fault
from irdb_sql.images.lazy import ImageFrame
from irdb_sql.storage import zips as archives

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from irdb_sql import ImageRewardDB

ENGINES: list[Any] = ["in-memory", "streaming"]
both_engines = pytest.mark.parametrize("engine", ENGINES)
ROWS_AT_ONCE = 32
GAP = pl.col("rank_gap")
BETTER = pl.col("better_image")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of each member whose bytes are read from a zip."""
    names: list[str] = []
    content_of = archives.content_of

    def spy(member: Any, raw: memoryview) -> memoryview:
        names.append(member.name.decode())
        return content_of(member, raw)

    monkeypatch.setattr(image_runs, "content_of", spy)
    return names


def few(db: ImageRewardDB) -> pl.LazyFrame:
    """Two prompts, to join with."""
    return db.prompts(split="test").head(2).select("prompt_id").lazy()


EXACT: dict[str, Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]] = {
    "head": lambda pairs, _: pairs.head(5),
    "filter": lambda pairs, _: pairs.filter(GAP > 3),
    "filter by a constraint": lambda pairs, _: pairs.filter(rank_gap=4),
    "filter then head": lambda pairs, _: pairs.filter(GAP > 2).head(5),
    "head then filter": lambda pairs, _: pairs.head(9).filter(GAP > 1),
    "sort then head": lambda pairs, _: pairs.sort("rank_gap", "better_path", descending=True).head(5),
    "top k": lambda pairs, _: pairs.top_k(5, by=["overall_gap", "better_path", "worse_path"]),
    "slice": lambda pairs, _: pairs.slice(300, 5),
    "slice of a filter": lambda pairs, _: pairs.filter(GAP == 2).slice(10, 5),
    "tail": lambda pairs, _: pairs.tail(5),
    "reverse then head": lambda pairs, _: pairs.reverse().head(3),
    "join": lambda pairs, few: pairs.join(few, on="prompt_id"),
    "semi join": lambda pairs, few: pairs.join(few, on="prompt_id", how="semi"),
    "anti join then head": lambda pairs, few: pairs.join(few, on="prompt_id", how="anti").head(3),
    "self join": lambda pairs, _: pairs.head(9).join(pairs.tail(9), on="rank_gap", suffix="_other").sort(
        "better_path", "worse_path", "better_path_other", "worse_path_other"
    ),
    "unique of a column": lambda pairs, _: pairs.unique("classification", keep="first", maintain_order=True),
    "selected then sorted": lambda pairs, _: pairs.select("rank_gap", "better_path", "better_image").sort(
        "rank_gap", "better_path"
    ).tail(2),
    "a new column then filter": lambda pairs, _: pairs.with_columns(twice=GAP * 2).filter(pl.col("twice") > 6).head(4),
    "renamed": lambda pairs, _: pairs.rename({"better_image": "chosen"}).sort("overall_gap", "better_path", "worse_path").head(2),
    "under another name": lambda pairs, _: pairs.select(BETTER, GAP, chosen=BETTER).head(2),
    "dropped": lambda pairs, _: pairs.drop("worse_image").sort("overall_gap", "better_path", "worse_path").head(2),
    "every third": lambda pairs, _: pairs.gather_every(3).head(4),
    "window": lambda pairs, _: pairs.filter(GAP.max().over("prompt_id") == GAP).head(3),
    "metadata and bytes in one filter": lambda pairs, _: pairs.filter((GAP == 4) & (BETTER.bin.size() > 0)),
    "concat": lambda pairs, _: pl.concat([pairs.filter(GAP == 4), pairs.filter(GAP == 3)]).head(3),
}  # fmt: skip
"""Plans that read just the images that come out, each once a batch."""

NONE: dict[str, Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]] = {
    "not selected": lambda pairs, _: pairs.select("prompt", "better_path"),
    "not selected after a sort": lambda pairs, _: pairs.sort("rank_gap").select("rank_gap"),
    "dropped": lambda pairs, _: pairs.drop("better_image", "worse_image"),
    "number of rows": lambda pairs, _: pairs.select(pl.len()),
    "aggregate": lambda pairs, _: pairs.select(GAP.sum()),
    "group by": lambda pairs, _: pairs.group_by("rank_gap", maintain_order=True).len(),
    "head of nothing": lambda pairs, _: pairs.head(0),
    "filter that drops all": lambda pairs, _: pairs.filter(GAP > 100),
    "joined from elsewhere": lambda pairs, few: few.join(pairs, on="prompt_id").select("prompt_id", "rank_gap"),
}
"""Plans that read nothing."""

ALL: dict[str, Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]] = {
    "everything": lambda pairs, _: pairs,
    "sizes": lambda pairs, _: pairs.select(BETTER.bin.size()),
    "filter by bytes": lambda pairs, _: pairs.filter(BETTER.bin.size() > 900),
    "filter by a constraint on bytes": lambda pairs, _: pairs.filter(better_image=b"x"),
    "filter by a selector": lambda pairs, _: pairs.filter(pl.all_horizontal(cs.binary().is_not_null())),
    "sort by bytes": lambda pairs, _: pairs.sort("better_image", "worse_image", "better_path", "worse_path").head(3),
    "unique of all": lambda pairs, _: pairs.unique(maintain_order=True),
    "unique of bytes": lambda pairs, _: pairs.unique("better_image", maintain_order=True),
    "null count": lambda pairs, _: pairs.select(pl.all().null_count()),
    "a column made of bytes": lambda pairs, _: pairs.with_columns(BETTER.bin.head(4).alias("begin")),
    "a column in the place of bytes": lambda pairs, _: pairs.with_columns(better_image=BETTER.bin.head(4)),
    "bytes by a selector": lambda pairs, _: pairs.select(cs.binary()),
    "bytes by place": lambda pairs, _: pairs.select(pl.nth(-1)),
    "bytes by pattern": lambda pairs, _: pairs.select("^.*_image$"),
    "bytes in groups": lambda pairs, _: pairs.group_by("rank_gap").agg(BETTER.sort()).sort("rank_gap"),
    "bytes by Python": lambda pairs, _: pairs.select(BETTER.map_elements(len, return_dtype=pl.Int64)),
    "renamed by Python": lambda pairs, _: pairs.rename(str.upper).head(3),
    "mixed or": lambda pairs, _: pairs.filter((GAP == 4) | (BETTER.bin.size() > 900)),
    "join from elsewhere": lambda pairs, few: few.join(pairs, on="prompt_id"),
    "join on bytes": lambda pairs, _: pairs.head(4).join(pairs.tail(30), on="better_image"),
    "with a column of numbers": lambda pairs, _: pairs.with_row_index().filter(pl.col("index") > 640),
}
"""Plans that look at the bytes, or that hide what they look at: right in any case."""


@both_engines
@pytest.mark.parametrize("name", EXACT)
def test_only_the_images_that_come_out_are_read(db: ImageRewardDB, name: str, engine: Any, reads: list[str]) -> None:
    expected = EXACT[name](db.pairs(split="test", images=True).lazy(), few(db)).collect(engine="in-memory")
    images = db.images(images=True).select("image_path", "image")
    by_bytes = {data: path.rsplit("/")[-1] for path, data in images.rows()}
    reads.clear()
    plan = EXACT[name](db.pairs(split="test", images=True, lazy=True), few(db))
    assert reads == []
    actual = plan.collect(engine=engine)
    assert sorted(actual.rows()) == sorted(expected.rows())
    assert actual.schema == expected.schema
    assert set(reads) == {by_bytes[data] for column in actual.select(cs.binary()) for data in column}
    if actual.height <= ROWS_AT_ONCE:
        assert len(reads) == len(set(reads))


@both_engines
@pytest.mark.parametrize("name", NONE)
def test_a_plan_without_bytes_reads_none(db: ImageRewardDB, name: str, engine: Any, reads: list[str]) -> None:
    actual = NONE[name](db.pairs(split="test", images=True, lazy=True), few(db)).collect(engine=engine)
    assert reads == []
    expected = NONE[name](db.pairs(split="test", images=True).lazy(), few(db)).collect()
    assert actual.schema == expected.schema
    assert sorted(actual.rows()) == sorted(expected.rows())


@both_engines
@pytest.mark.parametrize("name", ALL)
def test_a_plan_that_may_look_at_the_bytes_gives_what_it_gives_eagerly(
    db: ImageRewardDB, name: str, engine: Any
) -> None:
    expected = ALL[name](db.pairs(split="test", images=True).lazy(), few(db)).collect(engine="in-memory")
    actual = ALL[name](db.pairs(split="test", images=True, lazy=True), few(db)).collect(engine=engine)
    assert actual.schema == expected.schema
    assert sorted(actual.rows(), key=repr) == sorted(expected.rows(), key=repr)


STEPS: list[Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]] = [
    lambda pairs, _: pairs.filter(GAP > 1),
    lambda pairs, _: pairs.filter((GAP > 1) & BETTER.is_not_null()),
    lambda pairs, _: pairs.filter(GAP.max().over("prompt_id") == GAP),
    lambda pairs, _: pairs.sort("rank_gap", "better_path", maintain_order=True),
    lambda pairs, _: pairs.sort("worse_path", descending=True, maintain_order=True),
    lambda pairs, _: pairs.head(40),
    lambda pairs, _: pairs.tail(30),
    lambda pairs, _: pairs.slice(5, 25),
    lambda pairs, _: pairs.reverse(),
    lambda pairs, _: pairs.gather_every(3),
    lambda pairs, _: pairs.unique("prompt_id", keep="first", maintain_order=True),
    lambda pairs, few: pairs.join(few, on="prompt_id", how="semi", maintain_order="left"),
    lambda pairs, few: pairs.join(few.with_columns(few=1), on="prompt_id", how="left", maintain_order="left").drop(
        "few"
    ),
    lambda pairs, _: pairs.with_columns(twice=GAP * 2).drop("twice"),
    lambda pairs, _: pairs.with_columns(copy=BETTER).drop("better_image").rename({"copy": "better_image"}),
    lambda pairs, _: pairs.with_columns(cs.binary().shift(1)),
    lambda pairs, _: pairs.with_columns(pl.when(GAP > 1).then(BETTER).alias("better_image")),
    lambda pairs, _: pairs.select(pl.all()),
    lambda pairs, _: pairs.drop_nulls(),
    lambda pairs, _: pl.concat([pairs, pairs]),
]


@both_engines
@pytest.mark.parametrize("seed", range(10))
def test_random_plans_give_what_they_give_eagerly(db: ImageRewardDB, seed: int, engine: Any) -> None:
    steps = random.Random(seed).choices(STEPS, k=5)  # noqa: S311 - repeatable, not secret
    expected = db.pairs(split="test", images=True).lazy()
    actual = db.pairs(split="test", images=True, lazy=True)
    for step in steps:
        expected, actual = step(expected, few(db)), step(actual, few(db))
    assert actual.collect(engine=engine).equals(expected.collect(engine=engine))


@both_engines
def test_one_of_two_columns_reads_its_own_images_only(db: ImageRewardDB, engine: Any, reads: list[str]) -> None:
    pairs = db.pairs(split="test", images=True, lazy=True).head(5).select("better_path", "better_image")
    assert {path.rsplit("/")[-1] for path in pairs.collect(engine=engine)["better_path"]} == set(reads)


def test_the_sentence_that_the_issue_begins_with(db: ImageRewardDB, reads: list[str]) -> None:
    for engine in ENGINES:
        reads.clear()
        lazy = db.pairs(split="test", lazy=True, images=True).filter(GAP >= 2).head(32)
        assert lazy.collect(engine=engine).height == 32
        assert 20 < len(reads) <= 64


def test_bytes_joined_last_are_read_for_the_rows_that_are_left(db: ImageRewardDB, reads: list[str]) -> None:
    pairs = db.pairs(split="test", lazy=True)
    plans = [
        pairs.sort("rank_gap").head(5),
        few(db).join(pairs, on="prompt_id").head(5),
        pl.concat([pairs, pairs]).tail(5),
    ]
    for plan in plans:
        for engine in ENGINES:
            reads.clear()
            rows = db.with_images(plan).collect(engine=engine)
            assert len(reads) == len({*rows["better_path"], *rows["worse_path"]})


@both_engines
def test_skip_keeps_the_same_rows_whatever_is_selected(
    db: ImageRewardDB, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = set(db.images(split="test")["image_path"].gather_every(7))
    store = image_store.ImageStore
    plan = store._plan_folder  # noqa: SLF001 - to make some images bad

    def spoil(self: Any, planned: Any, folder: str, names: dict[str, int]) -> None:
        left = {name: number for name, number in names.items() if f"{folder}/{name}" not in bad}
        lost = Fault("missing", folder, "it was lost")
        planned.faults |= {number: lost for name, number in names.items() if name not in left}
        plan(self, planned, folder, left)

    monkeypatch.setattr(store, "_plan_folder", spoil)
    pairs = db.pairs(split="test")
    good = pairs.filter(~pl.col("better_path").is_in(list(bad)), ~pl.col("worse_path").is_in(list(bad)))
    assert 0 < good.height < pairs.height
    lazy = db.pairs(split="test", images=True, on_error="skip", lazy=True)
    assert lazy.collect(engine=engine).select(pairs.columns).equals(good)
    assert lazy.select("better_path").collect(engine=engine)["better_path"].equals(good["better_path"])
    assert lazy.select(pl.len()).collect(engine=engine).item() == good.height
    for count in (1, 40, 10_000):
        assert lazy.head(count).collect(engine=engine).select(pairs.columns).equals(good.head(count))
        assert (
            lazy.head(count)
            .filter(GAP == 2)
            .select("better_path")
            .collect(engine=engine)
            .equals(good.head(count).filter(GAP == 2).select("better_path"))
        )
        assert (
            lazy.filter(GAP == 2)
            .head(count)
            .select("worse_path")
            .collect(engine=engine)
            .equals(good.filter(GAP == 2).head(count).select("worse_path"))
        )
    assert lazy.slice(5, 7).collect(engine=engine).select(pairs.columns).equals(good.slice(5, 7))
    assert (
        lazy.sort("rank_gap", maintain_order=True)
        .head(3)
        .collect(engine=engine)
        .select(pairs.columns)
        .equals(good.sort("rank_gap", maintain_order=True).head(3))
    )
    nulls = db.pairs(split="test", images=True, on_error="null", lazy=True)
    assert (
        nulls.filter(BETTER.is_null())
        .select("better_path")
        .collect(engine=engine)["better_path"]
        .is_in(list(bad))
        .all()
    )
    assert nulls.collect(engine=engine).height == pairs.height


def test_skip_reads_little_more_than_what_a_head_takes(db: ImageRewardDB, reads: list[str]) -> None:
    for engine in ENGINES:
        reads.clear()
        assert db.pairs(images=True, on_error="skip", lazy=True).head(5).collect(engine=engine).height == 5
        assert len(reads) <= 64


def test_columns_of_bytes_can_be_added_to_columns_of_bytes(db: ImageRewardDB, reads: list[str]) -> None:
    pairs = db.pairs(split="test", lazy=True)
    both = db.with_images(db.with_images(pairs, "better_path"), "worse_path")
    assert (
        both.sort("rank_gap", "better_path")
        .head(3)
        .collect()
        .equals(db.with_images(pairs).sort("rank_gap", "better_path").head(3).collect())
    )
    assert len(reads) <= 12
    with irdb_sql.connect(split="test") as other:
        assert (
            other.with_images(db.with_images(pairs, "better_path"), "worse_path")
            .head(3)
            .collect()
            .equals(db.with_images(pairs).head(3).collect())
        )


def test_a_frame_with_bytes_is_a_lazy_frame_in_every_way(db: ImageRewardDB) -> None:
    images = db.images(split="test", images=True, lazy=True)
    assert isinstance(images, pl.LazyFrame)
    assert isinstance(images.sort("rank"), ImageFrame)
    assert not isinstance(images.sort("rank").select("rank"), ImageFrame)
    assert type(images.select(pl.col("image").bin.size())) is pl.LazyFrame
    assert images.collect_schema()["image"] == pl.Binary
    assert images.clone().head(2).collect().equals(images.head(2).collect())
    assert images.lazy() is images
    assert images.pipe(lambda frame: frame.head(1)).collect().height == 1
    assert pl.collect_all([images.head(1), images.tail(1)])[1].height == 1
    assert "PYTHON SCAN" in images.explain()
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        images.sort("nothing").collect()


def test_batches_come_as_they_are_asked_for(db: ImageRewardDB, reads: list[str]) -> None:
    batches = db.pairs(images=True, lazy=True).collect_batches(chunk_size=32, lazy=True)
    first = next(batches)
    assert first.height == 32
    assert len(reads) < 1000  # of 2,125: Polars asks for a few batches ahead
    rows = [first, *batches]
    assert pl.concat(rows).equals(db.pairs(images=True))


def test_an_error_while_reading_arrives_as_ours(tmp_path: Path) -> None:
    with irdb_sql.connect(images_root=tmp_path) as db:
        lazy = db.images(images=True, lazy=True)
        for engine in ENGINES:
            with pytest.raises(ImageError, match="archive missing"):
                lazy.collect(engine=engine)
    with pytest.raises(ClosedError):
        lazy.collect()


SINK = """
import resource, sys
import polars as pl
from irdb_sql.images import lazy as image_frames
from irdb_sql.images import store as image_store

class Store:
    def read(self, paths):
        return [memoryview(path.encode() * 1000) for path in paths]
        yield

rows = pl.LazyFrame({"number": range(60_000)}).with_columns(image_path=pl.format("images/{}.webp", "number"))
frame = image_frames.with_images(rows, None, Store(), "raise")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
getattr(frame, sys.argv[1])(sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
@pytest.mark.parametrize("sink", ["sink_parquet", "sink_ipc"])
def test_a_sink_of_many_rows_holds_few_of_them_in_memory(sink: str, tmp_path: Path) -> None:
    target = tmp_path / "sunk"
    done = subprocess.run(
        [sys.executable, "-c", SINK, sink, target], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) < 400_000  # kB, of a million kB that are written
    reader = pl.scan_parquet if sink == "sink_parquet" else pl.scan_ipc
    actual = reader(target).select(pl.len(), pl.col("image").bin.size().sum().alias("size")).collect()
    assert actual.row(0)[0] == 60_000
    assert actual.row(0)[1] > 950_000_000

"""The sample of the layout pickapic: labels of single annotators, and the images in columns, in Parquet."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from irdb_sql.core.late import late
from irdb_sql.sources.sample.layouts.base import LayoutSample, SampleOptions
from irdb_sql.sources.sample.layouts.groups import NOISE, TIE, annotator_of, divide, make_groups, repeatable
from irdb_sql.sources.sample.layouts.pictures import PICTURES, draw_picture

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from irdb_sql.sources.sample.layouts.groups import Group

    Numbers = npt.NDArray[Any]
else:
    np = late("numpy")
    pa = late("pyarrow")
    pc = late("pyarrow.compute")
    pq = late("pyarrow.parquet")

_FILES = {
    "train-00000-of-00002": ("train", 0.4),
    "train-00001-of-00002": ("train", 0.4),
    "validation_unique-00000-of-00001": ("validation", 0.1),
    "test_unique-00000-of-00001": ("test", 0.1),
}
_ROWS = 20_000  # of a row group
_UNLABELLED_SHARE = 0.03
_BEGIN, _STEP = 1_675_000_000, 47  # seconds since 1970 of the first row, and between two rows
_URL = "https://pickapic.invalid/{}.png"
_TIED = 0.5


class PickapicSample(LayoutSample):
    """A row is what one annotator said of a pair, if anything."""

    layout: ClassVar[str] = "pickapic"
    has_bytes_columns: ClassVar[bool] = True

    def write(self, folder: Path, options: SampleOptions) -> Iterator[Group]:
        """Write two files of train, one of validation and one of test; the first prompt of train is in all of them."""
        (folder / "data").mkdir()
        schema = _schema(has_bytes=options.has_bytes)
        numbers = itertools.count()
        sizes = divide(options.pairs, [share for _, share in _FILES.values()])
        shared: Group | None = None
        first_row = 0
        for (name, (split, _)), pairs in zip(_FILES.items(), sizes, strict=True):
            rng = repeatable(options.seed, self.layout, name)
            first = [] if shared is None or pairs == 0 else [replace(shared, split=split, pairs=shared.pairs[:pairs])]
            rest = make_groups(rng, split, pairs - sum(len(group.pairs) for group in first), numbers)
            with pq.ParquetWriter(folder / "data" / f"{name}.parquet", schema, store_schema=False) as writer:
                for groups in _batches(itertools.chain(first, rest)):
                    shared = shared or groups[0]
                    writer.write_table(_make_rows(rng, groups, first_row, schema))
                    first_row += sum(len(group.pairs) for group in groups)
                    yield from groups


def _batches(groups: Iterable[Group]) -> Iterator[Sequence[Group]]:
    """Yield prompts that have the rows of a row group together."""
    batch: list[Group] = []
    rows = 0
    for group in groups:
        batch.append(group)
        rows += len(group.pairs)
        if rows >= _ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _schema(*, has_bytes: bool) -> pa.Schema:
    """Return the columns in published order; those of bytes are written once per picture and row group."""
    types = {
        "are_different": pa.bool_(), "best_image_uid": pa.string(), "caption": pa.string(),
        "created_at": pa.timestamp("ns"), "has_label": pa.bool_(), "image_0_uid": pa.string(),
        "image_0_url": pa.string(), "image_1_uid": pa.string(), "image_1_url": pa.string(),
        "jpg_0": _picture_type(), "jpg_1": _picture_type(), "label_0": pa.float64(), "label_1": pa.float64(),
        "model_0": pa.string(), "model_1": pa.string(), "ranking_id": pa.int64(), "user_id": pa.int64(),
        "num_example_per_prompt": pa.int64(), "__index_level_0__": pa.int64(),
    }  # fmt: skip
    return pa.schema([(name, kind) for name, kind in types.items() if has_bytes or not name.startswith("jpg_")])


def _picture_type() -> pa.DataType:
    return pa.dictionary(pa.int16(), pa.binary())


def _make_rows(rng: random.Random, groups: Sequence[Group], first_row: int, schema: pa.Schema) -> pa.Table:
    """Return the rows of prompts: column by column, as there may be a million."""
    images = [image for group in groups for image in group.images]
    starts = np.cumsum([0, *(len(group.images) for group in groups)])
    group_of_row = np.repeat(np.arange(len(groups)), [len(group.pairs) for group in groups])
    rows = len(group_of_row)
    places = np.array([pair for group in groups for pair in group.pairs]).reshape(rows, 2)
    sides = [starts[group_of_row] + places[:, side] for side in (0, 1)]
    share = _judge(rng, np.array([image.quality for image in images]), *sides)
    is_labelled = _uniform(rng, rows) >= _UNLABELLED_SHARE
    uids = pa.array([image.name for image in images])
    first_uids, second_uids = (uids.take(pa.array(side)) for side in sides)
    outcome = pa.array(np.where(is_labelled, 2 * share, 3).astype(np.int64))
    tie, nothing = pa.scalar("tie"), pa.scalar(None, pa.string())
    best = pc.choose(outcome, second_uids, tie, first_uids, nothing)
    created = (_BEGIN + _STEP * np.arange(first_row, first_row + rows)).astype("datetime64[s]")
    columns = {
        "are_different": pa.array(share != _TIED, mask=~is_labelled),
        "best_image_uid": best,
        "caption": pa.array([group.prompt for group in groups]).take(pa.array(group_of_row)),
        "created_at": pa.array(created).cast(pa.timestamp("ns")),
        "has_label": pa.array(is_labelled),
        "ranking_id": pa.array(np.arange(first_row, first_row + rows)),
        "user_id": pa.array([annotator_of(group, place) for group in groups for place in range(len(group.pairs))]),
        "num_example_per_prompt": pa.array(np.bincount(group_of_row, minlength=len(groups))[group_of_row]),
        "__index_level_0__": pa.array(np.arange(first_row, first_row + rows)),
    }
    for number, side in enumerate(sides):
        of_side = pa.array(side)
        columns |= {
            f"image_{number}_uid": uids.take(of_side),
            f"image_{number}_url": pa.array([_URL.format(image.name) for image in images]).take(of_side),
            f"label_{number}": pa.array(share if number == 0 else 1 - share, mask=~is_labelled),
            f"model_{number}": pa.array([image.generator for image in images]).take(of_side),
        }
        if f"jpg_{number}" in schema.names:
            columns[f"jpg_{number}"] = _picture_column(np.array([image.number for image in images])[side])
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _judge(rng: random.Random, quality: Numbers, first: Numbers, second: Numbers) -> Numbers:
    """Do as `groups.judge` for many comparisons."""
    difference = quality[first] - quality[second] + NOISE * (2 * _uniform(rng, len(first)) - 1)
    return np.where(np.abs(difference) < TIE, _TIED, difference > 0)


def _uniform(rng: random.Random, count: int) -> Numbers:
    """Draw numbers in [0, 1), the same on every machine and with every version of NumPy."""
    return (np.frombuffer(rng.randbytes(8 * count), dtype="<u8") >> np.uint64(11)) * 2.0**-53


def _picture_column(numbers: Numbers) -> pa.Array:
    """Return a column of the pictures of images, each of which it holds once."""
    drawn, places = np.unique(numbers % PICTURES, return_inverse=True)
    pictures = pa.array([draw_picture(int(number)) for number in drawn], pa.binary())
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int16)), pictures)

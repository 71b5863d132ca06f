"""Expands pairs as Polars frames from metadata files in the published layout.

`queries/pairs/preference_pairs.sql` defines pairs. This module computes the same several times faster, because DuckDB
joins images by the text of their ids and copies every text for each pair, while a Polars column only refers to texts.
In published files the images of a prompt are in consecutive rows, so its pairs are found by comparing the column of
ranks with itself, shifted by one row, two rows and so on. Pairs come in the order of better_row and worse_row, as in
the query, without sorting, and a batch of prompts at a time, so that results larger than memory can be streamed.

For other files the query runs. `tests/pairs/test_expand.py` tests that both return the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.core.schema import SUBSETS
from irdb_sql.core.thread_pool import CORES, in_order
from irdb_sql.engine.errors import OtherLayoutError
from irdb_sql.pairs.reader import check_parts, parse_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from irdb_sql.pairs.reader import PromptRows, PublishedFiles

SCHEMA = pl.Schema(
    {
        "split": pl.String,
        "part": pl.Int16,
        "prompt_id": pl.String,
        "prompt": pl.String,
        "classification": pl.String,
        "better_path": pl.String,
        "worse_path": pl.String,
        "better_rank": pl.Int8,
        "worse_rank": pl.Int8,
        "rank_gap": pl.Int16,
        "overall_gap": pl.Int16,
        "alignment_gap": pl.Int16,
        "fidelity_gap": pl.Int16,
        "better_row": pl.Int64,
        "worse_row": pl.Int64,
    }
)
"""Columns and types of the query `pairs`."""

_BETTER = {
    "split": "split",
    "part": "part",
    "prompt_id": "prompt_id",
    "prompt": "prompt",
    "classification": "classification",
    "better_path": "image_path",
    "better_rank": "rank",
}
_WORSE = {"worse_path": "image_path", "worse_rank": "rank"}
_GAPS = {
    "overall_gap": "overall_rating",
    "alignment_gap": "image_text_alignment_rating",
    "fidelity_gap": "fidelity_rating",
}
_LARGEST_PROMPT = 64  # images; with larger prompts, most shifts would compare images of different prompts
_CELLS = 1 << 22  # comparisons per batch: some 200,000 images, and twice as many pairs
MEMORY = 2_000_000_000
"""Bytes of memory that are enough to stream any number of pairs."""

_LARGEST_GAP = 2**31 - 1  # the largest INTEGER of the query's parameter


@dataclass(frozen=True)
class PairChoice:
    """A selection of pairs.

    Attributes:
        split: A split, or several with commas; None selects all splits.
        subset: A published subset; None selects every image.
        keep_ties: Whether to include pairs of images with the same rank.
        min_rank_gap: Smallest difference in rank of a strict pair.
    """

    split: str | None = None
    subset: str | None = None
    keep_ties: bool = False
    min_rank_gap: int = 1


def parse_choice(params: Mapping[str, object]) -> PairChoice | None:
    """Return a selection, or None for parameters that only DuckDB converts.

    Args:
        params: `split`, `subset`, `keep_ties` and `min_rank_gap`; None keeps the default.
    """
    ties, min_gap = params["keep_ties"], parse_rank_gap(params["min_rank_gap"])
    if not isinstance(ties, bool | None) or min_gap is None:
        return None
    split, subset = params["split"], params["subset"]
    return PairChoice(
        None if split is None else str(split), None if subset is None else str(subset), ties or False, min_gap
    )


def parse_rank_gap(value: object) -> int | None:
    """Return the smallest rank gap of a parameter, 1 where it is None, or None if only DuckDB converts its value."""
    min_gap = 1 if value is None else value
    return min_gap if type(min_gap) is int and abs(min_gap) <= _LARGEST_GAP else None


def expand_pairs(
    files: PublishedFiles, choice: PairChoice, columns: Sequence[str] | None = None, *, whole: bool
) -> Iterator[pl.DataFrame]:
    """Yield the pairs of a source in batches, in order.

    Args:
        files: The files of the source.
        choice: The selection of pairs.
        columns: Columns of `SCHEMA` to return, in this order; None returns all.
        whole: Read all rows at once, which is faster where they fit into memory.

    Yields:
        Frames of up to a few million pairs.

    Raises:
        OtherLayoutError: A file does not have the published layout, or a prompt has too many images; without
            `whole`, before the first batch.
        BrokenFileError: A file cannot be read completely.
    """
    names = list(SCHEMA if columns is None else columns)
    read = {"rank"} | {column for name, column in (_BETTER | _WORSE | _GAPS).items() if name in names}
    needs_parts = choice.subset is not None or "part" in names
    if needs_parts:
        read |= {"image_path", "part"}
    if choice.keep_ties:
        read |= {"image_path"}
    rows = files.read(choice.split, read, whole=whole)
    largest = int(rows.sizes.max(initial=1))
    if largest > _LARGEST_PROMPT:
        raise OtherLayoutError
    if needs_parts:
        check_parts(rows)
    batches = rows.prompts(most_rows=_CELLS // (2 * largest))
    yield from in_order((partial(_pairs, prompts, choice, names) for prompts in batches), CORES)


def _pairs(prompts: PromptRows, choice: PairChoice, names: Sequence[str]) -> pl.DataFrame:
    """Return columns of the pairs of a batch of prompts."""
    images = _ranked_images(prompts, choice, needs_parts=choice.subset is not None or "part" in names)
    ranks = images.rows["rank"].to_numpy().astype(np.int16)
    better, worse = _expand(ranks, images.sizes, choice, images.rows)
    if not names:
        return pl.DataFrame(height=better.size)
    worse_rows = images.gather(worse, _WORSE, names)

    def column(name: str) -> pl.Expr | pl.Series:
        if name == "better_row":
            return images.row_index(better)
        if name == "worse_row":
            return images.row_index(worse)
        if name == "rank_gap":
            return worse_rows["rank"].cast(pl.Int16) - pl.col("rank")
        if name in _GAPS:
            return pl.col(_GAPS[name]).cast(pl.Int16) - worse_rows[_GAPS[name]]
        return pl.col(_BETTER[name]) if name in _BETTER else worse_rows[_WORSE[name]]

    return images.gather(better, _BETTER, names).select(**{name: column(name) for name in names})


@dataclass(frozen=True)
class _RankedImages:
    """The images of a batch of prompts that can be in pairs.

    Attributes:
        rows: Their rows.
        sizes: Their number in each prompt.
        positions: The position of each in all rows of the batch; None where no row is left out.
        first_row: The row_index of the first row of the batch.
    """

    rows: pl.DataFrame
    sizes: NDArray[np.int64]
    positions: NDArray[np.int64] | None
    first_row: int

    def gather(self, at: NDArray[np.uint32], sources: dict[str, str], names: Sequence[str]) -> pl.DataFrame:
        """Return rows by position, with the columns that pairs need."""
        columns = {column for name, column in (sources | _GAPS).items() if name in names}
        return self.rows.select(columns | {"rank"})[pl.Series(at)]

    def row_index(self, at: NDArray[np.uint32]) -> pl.Series:
        return pl.Series((at if self.positions is None else self.positions[at]) + np.int64(self.first_row))


def _ranked_images(prompts: PromptRows, choice: PairChoice, *, needs_parts: bool) -> _RankedImages:
    """Return the images that have a rank and are in the subset."""
    rows, sizes = prompts.rows.rechunk(), prompts.sizes  # gathering from several chunks takes ten times as long
    if needs_parts and "part" not in rows.columns:
        rows = rows.with_columns(part=parse_parts(rows["image_path"]))
    is_kept = rows["rank"].is_not_null()
    if choice.subset is not None:
        is_kept &= (rows["split"] != "train") | (rows["part"] <= SUBSETS[choice.subset])
    if is_kept.all():
        return _RankedImages(rows, sizes, None, prompts.first_row)
    kept = is_kept.to_numpy()
    sizes = np.add.reduceat(kept, np.cumsum(sizes) - sizes, dtype=np.int64)
    return _RankedImages(rows.filter(is_kept), sizes, np.flatnonzero(kept), prompts.first_row)


def _expand(
    ranks: NDArray[np.int16], sizes: NDArray[np.int64], choice: PairChoice, rows: pl.DataFrame
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the positions of each pair's better and worse image.

    A matrix with one row per image and one column per shift, from the furthest image before it to the furthest after
    it, marks where the shifted image belongs to the same prompt and is the worse image of a pair.
    """
    furthest = max(int(sizes.max(initial=1)) - 1, 0)
    shifts = np.array([*range(-furthest, 0), *range(1, furthest + 1)]).astype(np.uint32)  # negative ones wrap around
    width = np.uint32(1 << max(2 * furthest - 1, 0).bit_length())  # a power of two, because division by it is fast
    marks = np.zeros((ranks.size, width), dtype=bool)
    prompts = np.repeat(np.arange(sizes.size, dtype=np.uint32), sizes)
    min_gap = max(choice.min_rank_gap, 1)
    for shift in range(1, furthest + 1):
        before, after = furthest - shift, furthest + shift - 1  # columns of -shift and shift
        is_same_prompt = prompts[shift:] == prompts[:-shift]
        gap = ranks[shift:] - ranks[:-shift]
        marks[:-shift, after] = is_same_prompt & (gap >= min_gap)
        marks[shift:, before] = is_same_prompt & (gap <= -min_gap)
        if choice.keep_ties:
            tied = np.flatnonzero(is_same_prompt & (gap == 0))
            is_first = (rows["image_path"][tied] <= rows["image_path"][tied + shift]).to_numpy()
            marks[tied[is_first], after] = True
            marks[tied[~is_first] + shift, before] = True
    cells = np.flatnonzero(marks).astype(np.uint32)
    better = cells // width
    return better, better + shifts[cells & (width - 1)]

"""Expands pairs as Polars frames, from metadata files that are as published.

`queries/pairs/preference_pairs.sql` defines what a pair is. This module repeats it because of text: the engine joins
images by the text of their ids, and copies every text for each pair that it stands in, which takes several times as
long as all the rest; a column of a frame refers to a text instead. Published files have the images of a prompt side by
side, so its pairs are found by comparing the column of ranks with itself, shifted by one row, by two, and so on. They
come out in the order of the query, better_row and worse_row, without being sorted, some prompts at a time, so that as
many as there are fit into memory.

Where files are not as published, the query is asked. `tests/pairs/test_expand.py` proves both equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from irdb_sql.core.schema import SUBSETS
from irdb_sql.core.thread_pool import CORES, in_order
from irdb_sql.engine.errors import NotPublishedError
from irdb_sql.pairs.reader import parts_of, published_rows, refuse_unnamed_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from irdb_sql.engine.parameters import Params
    from irdb_sql.pairs.reader import PromptRows
    from irdb_sql.sources.local import PlacedFile

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
_LARGEST_PROMPT = 64  # images; beside larger ones, most shifts would compare images of different prompts
_CELLS = 1 << 22  # comparisons at a time: some 200,000 images, and twice as many pairs
MEMORY = 2_000_000_000
"""Bytes that are enough for as many pairs as there are, while they are read."""

_LARGEST_GAP = 2**31 - 1  # that the query takes


@dataclass(frozen=True)
class PairChoice:
    """Which pairs are asked for.

    Attributes:
        split: The one split to take; None takes every split.
        subset: A published subset; None takes every image.
        keep_ties: Whether to take pairs of images that share a rank, too.
        min_rank_gap: Smallest difference in rank that makes a strict pair.
    """

    split: str | None = None
    subset: str | None = None
    keep_ties: bool = False
    min_rank_gap: int = 1


def pair_choice(params: Params) -> PairChoice | None:
    """Return what parameters of the query `pairs` choose; None where a value is for the engine to understand.

    Args:
        params: `split`, `subset`, `keep_ties` and `min_rank_gap`; None restricts nothing. Names are known ones.
    """
    if not isinstance(params, Mapping):
        return None
    ties, gap = params["keep_ties"], params["min_rank_gap"]
    least = 1 if gap is None else gap
    if not isinstance(ties, bool | None) or type(least) is not int or abs(least) > _LARGEST_GAP:
        return None
    split, subset = params["split"], params["subset"]
    return PairChoice(
        None if split is None else str(split), None if subset is None else str(subset), ties or False, least
    )


def expanded_pairs(
    files: Sequence[PlacedFile], choice: PairChoice, columns: Sequence[str] | None = None, *, whole: bool
) -> Iterator[pl.DataFrame]:
    """Return the pairs of a source, some at a time, in the order of better_row and worse_row.

    Args:
        files: The files of the source.
        choice: Which pairs.
        columns: Names of `SCHEMA` to return, in this order; None returns all.
        whole: Read all rows at once, which is faster where they fit into memory.

    Yields:
        Frames of up to some million pairs.

    Raises:
        NotPublishedError: A file is not as published, or a prompt has very many images; where not `whole`, before
            anything is yielded.
        BrokenFileError: A file cannot be read to its end.
    """
    wanted = list(SCHEMA if columns is None else columns)
    read = {"rank"} | {column for name, column in (_BETTER | _WORSE | _GAPS).items() if name in wanted}
    needs_parts = choice.subset is not None or "part" in wanted
    if needs_parts:
        read |= {"image_path", "part"}
    if choice.keep_ties:
        read |= {"image_path"}
    rows = published_rows(files, choice.split, read, whole=whole)
    largest = int(rows.sizes.max(initial=1))
    if largest > _LARGEST_PROMPT:
        raise NotPublishedError
    if needs_parts:
        refuse_unnamed_parts(rows)
    batches = rows.prompts(most_rows=_CELLS // (2 * largest))
    yield from in_order((partial(_pairs, prompts, choice, wanted) for prompts in batches), CORES)


def _pairs(prompts: PromptRows, choice: PairChoice, wanted: Sequence[str]) -> pl.DataFrame:
    """Return the pairs of some prompts' images."""
    images = _ranked_images(prompts, choice, needs_parts=choice.subset is not None or "part" in wanted)
    ranks = images.rows["rank"].to_numpy().astype(np.int16)
    better, worse = _expanded(ranks, images.sizes, choice, images.rows)
    if not wanted:
        return pl.DataFrame(height=better.size)
    worse_rows = images.gather(worse, _WORSE, wanted)

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

    return images.gather(better, _BETTER, wanted).select(**{name: column(name) for name in wanted})


@dataclass(frozen=True)
class _RankedImages:
    """Images that can stand in pairs, of some whole prompts.

    Attributes:
        rows: Their rows.
        sizes: How many of them each prompt has.
        places: The place of each among all rows of the prompts; None where every row is here.
        first_row: The row_index of the first of all rows.
    """

    rows: pl.DataFrame
    sizes: NDArray[np.int64]
    places: NDArray[np.int64] | None
    first_row: int

    def gather(self, at: NDArray[np.uint32], sources: dict[str, str], wanted: Sequence[str]) -> pl.DataFrame:
        """Return the rows at some places, with `rank` and the columns of which wanted ones are made."""
        columns = {column for name, column in (sources | _GAPS).items() if name in wanted}
        return self.rows.select(columns | {"rank"})[pl.Series(at)]

    def row_index(self, at: NDArray[np.uint32]) -> pl.Series:
        return pl.Series((at if self.places is None else self.places[at]) + np.int64(self.first_row))


def _ranked_images(prompts: PromptRows, choice: PairChoice, *, needs_parts: bool) -> _RankedImages:
    """Leave out images without a rank, and those that are not of the subset."""
    rows, sizes = prompts.rows.rechunk(), prompts.sizes  # to gather from several chunks takes ten times as long
    if needs_parts and "part" not in rows.columns:
        rows = rows.with_columns(part=parts_of(rows["image_path"]))
    is_kept = rows["rank"].is_not_null()
    if choice.subset is not None:
        is_kept &= (rows["split"] != "train") | (rows["part"] <= SUBSETS[choice.subset])
    if is_kept.all():
        return _RankedImages(rows, sizes, None, prompts.first_row)
    kept = is_kept.to_numpy()
    sizes = np.add.reduceat(kept, np.cumsum(sizes) - sizes, dtype=np.int64)
    return _RankedImages(rows.filter(is_kept), sizes, np.flatnonzero(kept), prompts.first_row)


def _expanded(
    ranks: NDArray[np.int16], sizes: NDArray[np.int64], choice: PairChoice, rows: pl.DataFrame
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the places of each pair's better and worse image, in their order.

    A table of a row an image and a column a shift, from the furthest image before it to the furthest behind it, marks
    where the image there belongs to the same prompt and makes a pair as the worse one.
    """
    furthest = max(int(sizes.max(initial=1)) - 1, 0)
    shifts = np.array([*range(-furthest, 0), *range(1, furthest + 1)]).astype(np.uint32)  # those before wrap around
    width = np.uint32(1 << max(2 * furthest - 1, 0).bit_length())  # to divide by a power of two is quick
    marks = np.zeros((ranks.size, width), dtype=bool)
    prompts = np.repeat(np.arange(sizes.size, dtype=np.uint32), sizes)
    least = max(choice.min_rank_gap, 1)
    for shift in range(1, furthest + 1):
        before, behind = furthest - shift, furthest + shift - 1  # columns of -shift and shift
        is_one = prompts[shift:] == prompts[:-shift]
        gap = ranks[shift:] - ranks[:-shift]
        marks[:-shift, behind] = is_one & (gap >= least)
        marks[shift:, before] = is_one & (gap <= -least)
        if choice.keep_ties:
            tied = np.flatnonzero(is_one & (gap == 0))
            is_first = (rows["image_path"][tied] <= rows["image_path"][tied + shift]).to_numpy()
            marks[tied[is_first], behind] = True
            marks[tied[~is_first] + shift, before] = True
    cells = np.flatnonzero(marks).astype(np.uint32)
    better = cells // width
    return better, better + shifts[cells & (width - 1)]

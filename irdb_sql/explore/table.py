"""Rows of any answer as cells: texts, links to prompts, and thumbnails of image paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import polars as pl

from irdb_sql.core.schema import SPLITS
from irdb_sql.explore.filters import address
from irdb_sql.reports.answers import format_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from irdb_sql.explore.page import Explorer

LONGEST_CELL = 600
"""Characters of a cell that are shown."""


class Cell(NamedTuple):
    """A value as a page shows it.

    Attributes:
        text: Its text.
        link: The address that it leads to; empty for none.
        image: The row_index of the image whose path it is; None for another value.
    """

    text: str
    link: str = ""
    image: int | None = None


class Table(NamedTuple):
    """Rows as a page shows them.

    Attributes:
        columns: Names of the columns.
        numeric: Whether each column has numbers.
        rows: The cells of each row.
    """

    columns: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[Cell]]


def make_table(explorer: Explorer, rows: pl.DataFrame) -> Table:
    """Make the table of rows; of a column with paths of images, each is a thumbnail."""
    texts = [name for name in rows.columns if rows.schema[name] == pl.String]
    images = explorer.rows_of(value for name in texts for value in rows[name].drop_nulls() if _may_be_path(value))
    cells = [[_make_cell(name, value, row, images) for name, value in row.items()] for row in rows.to_dicts()]
    return Table(rows.columns, [kind.is_numeric() for kind in rows.dtypes], cells)


def prompt_address(prompt_id: str, split: str | None = None) -> str:
    """Return the address of a prompt's page."""
    of_split = {"split": split} if split else {}
    if prompt_id in (".", ".."):  # which a browser takes for folders
        return address("/prompts/", {"id": prompt_id} | of_split)
    return address(f"/prompts/{quote(prompt_id, safe='', errors='replace')}", of_split)


def pairs_address(prompt_id: str, split: str, **more: str) -> str:
    """Return the address of the pairs of a prompt."""
    return address("/pairs", {"prompt_id": prompt_id, "split": split, **more})


def _may_be_path(value: str) -> bool:
    return "/" in value or "." in value


def _make_cell(name: str, value: object, row: Mapping[str, object], images: Mapping[str, int]) -> Cell:
    text = format_value(name, value)
    text = text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
    if isinstance(value, str) and value in images:
        return Cell(text, image=images[value])
    if name == "prompt_id" and isinstance(value, str):
        split = row.get("split")
        if isinstance(split, str) and "better_path" in row:
            return Cell(text, pairs_address(value, split, ties="all"))
        return Cell(text, prompt_address(value, split if isinstance(split, str) else None))
    return Cell(text)


def in_split_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort rows with a column `split` by it, in the order of publication; other rows stay as they are."""
    if "split" not in rows.columns or rows.schema["split"] != pl.String:
        return rows
    place = pl.col("split").replace_strict({name: place for place, name in enumerate(SPLITS)}, default=len(SPLITS))
    return rows.sort(place, maintain_order=True)

"""Writes `docs/reference/`: from headers of SQL, the view `metrics`, docstrings, `--help` and `pyproject.toml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.manual import CHECKOUT
from irdb_sql.manual.command_reference import command_pages
from irdb_sql.manual.map import draw_map
from irdb_sql.manual.metrics_reference import metrics_pages
from irdb_sql.manual.python_reference import python_pages
from irdb_sql.manual.sql_reference import sql_pages

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = CHECKOUT / "docs/reference"


def reference_pages() -> dict[str, str]:
    """Return the text of every page, and of the drawing of packages, by its path below `docs/reference`."""
    return {
        **sql_pages(),
        **metrics_pages(),
        **python_pages(),
        **command_pages(),
        "packages.svg": draw_map(),
    }


def find_stale(folder: Path = FOLDER) -> list[str]:
    """List the pages that a folder lacks, has differently, or has though nothing generates them."""
    pages = reference_pages()
    present = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
    return sorted(name for name in pages.keys() | present.keys() if pages.get(name) != present.get(name))


def write_reference(folder: Path = FOLDER) -> list[str]:
    """Write the pages that are stale, delete those that nothing generates, and list both."""
    pages, stale = reference_pages(), find_stale(folder)
    for name in stale:
        path = folder / name
        if name in pages:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[name])
        else:
            path.unlink()
    return stale

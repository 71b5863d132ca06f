"""Imports Polars, in a thread, while the engine opens a source: both take a while, and most answers need both."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from irdb_sql.core.late import late

if TYPE_CHECKING:
    import polars as pl
else:
    pl = late("polars")


def preload_polars() -> None:
    """Start to import Polars."""
    threading.Thread(target=_load, daemon=True).start()


def _load() -> None:
    with contextlib.suppress(Exception):  # such as for lack of memory, which whoever needs Polars is told
        _ = pl.DataFrame

"""The SQL engine for ImageRewardDB: people's rankings and ratings of generated images, as SQL and Polars frames."""

from __future__ import annotations

import importlib
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from irdb_sql.database import ImageRewardDB, connect
    from irdb_sql.decoding import decode
    from irdb_sql.errors import IrdbError
    from irdb_sql.questions import Split, Subset

__all__ = ["ImageRewardDB", "IrdbError", "Split", "Subset", "connect", "decode"]
__version__ = version("irdb-sql")

_ROOMS = {
    "ImageRewardDB": "database",
    "IrdbError": "errors",
    "Split": "questions",
    "Subset": "questions",
    "connect": "database",
    "decode": "decoding",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that `irdb --help` does not wait for the engine."""
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *_ROOMS]

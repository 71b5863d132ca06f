"""The SQL engine for ImageRewardDB: people's rankings and ratings of generated images, as SQL and Polars frames."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from irdb_sql.connecting import connect
    from irdb_sql.database import ImageRewardDB
    from irdb_sql.decoding import decode
    from irdb_sql.downloads import download
    from irdb_sql.errors import IrdbError
    from irdb_sql.formats import write_parquet
    from irdb_sql.part_import import import_parts
    from irdb_sql.questions import Split, Subset
    from irdb_sql.report import render

    __version__: str

__all__ = [
    "ImageRewardDB",
    "IrdbError",
    "Split",
    "Subset",
    "connect",
    "decode",
    "download",
    "import_parts",
    "render",
    "write_parquet",
]

_ROOMS = {
    "ImageRewardDB": "database",
    "IrdbError": "errors",
    "Split": "questions",
    "Subset": "questions",
    "connect": "connecting",
    "decode": "decoding",
    "download": "downloads",
    "import_parts": "part_import",
    "render": "report",
    "write_parquet": "formats",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that `irdb --help` does not wait for the engine."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - takes as long as half of the engine

        return version("irdb-sql")
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *_ROOMS, "__version__"]

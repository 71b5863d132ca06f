"""SQL and Polars frames over ImageRewardDB, human rankings and ratings of generated images."""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # without the module `typing`, whose import takes longer than all of this one
if TYPE_CHECKING:
    from irdb_sql.core.schema import Split, Subset
    from irdb_sql.database.connect import connect
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.engine.formats import write_parquet
    from irdb_sql.errors import IrdbError
    from irdb_sql.images.decode import decode
    from irdb_sql.imports.parts import import_parts
    from irdb_sql.reports.render import render
    from irdb_sql.sources.download.run import download

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

_MODULES = {
    "ImageRewardDB": "database.facade",
    "IrdbError": "errors",
    "Split": "core.schema",
    "Subset": "core.schema",
    "connect": "database.connect",
    "decode": "images.decode",
    "download": "sources.download.run",
    "import_parts": "imports.parts",
    "render": "reports.render",
    "write_parquet": "engine.formats",
}


def __getattr__(name: str) -> object:
    """Import a public name when first used; `irdb --help` needs none."""
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("irdb-sql")
    if name == "errors":
        return importlib.import_module(f"{__name__}.errors")
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    if name == "connect":
        importlib.import_module("irdb_sql.engine.preloading").preload("polars")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__", "errors"]

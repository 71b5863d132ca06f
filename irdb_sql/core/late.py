"""Modules that load when they are first used, so that a command waits only for the libraries that it needs.

Polars, NumPy, Arrow and the parts of ours that need them take longer to import than most questions take to answer. A
module that needs one of them in some of its functions only names it once, at its top:

    if TYPE_CHECKING:
        import polars as pl
    else:
        pl = late("polars")

The branch for type checkers is what mypy and import-linter read, so types and layers are checked as for any import;
the other one is what runs. A package of an extra names the extra, `late("evalica", extra="generators")`: where it is
not installed, its first use raises MissingPackageError, which says how to install it.

This is the only way in which a module of irdb_sql loads late.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from irdb_sql.errors import MissingPackageError


class _LateModule(ModuleType):
    """Stands for a module until one of its names is used; Python's import lock makes that safe in threads."""

    def __init__(self, name: str, extra: str | None) -> None:
        super().__init__(name)
        self._extra = extra

    def __getattr__(self, name: str) -> object:
        module = sys.modules.get(self.__name__)
        # One that another thread imports is there before its names are.
        if module is None or getattr(module.__spec__, "_initializing", False):
            module = self._import()
        return getattr(module, name)

    def _import(self) -> ModuleType:
        try:
            return importlib.import_module(self.__name__)
        except ImportError as error:
            if self._extra is None:
                raise
            raise MissingPackageError.of_extra(error.name or self.__name__, self._extra) from error


def late(name: str, extra: str | None = None) -> ModuleType:
    """Return a module that is imported when one of its names is first used.

    Args:
        name: Its whole name.
        extra: The extra of irdb_sql that brings it; None for what is always installed.

    Raises:
        MissingPackageError: When it is used, and the extra is not installed.

    Example:
        >>> late("json").dumps([1])
        '[1]'
    """
    return _LateModule(name, extra)

"""Modules that are imported when they are first used, so that a command waits only for the libraries that it needs.

Importing Polars, NumPy, Arrow and our modules that need them takes longer than most queries take to run. A module that
needs one of them only in some functions declares it once, at its top:

    if TYPE_CHECKING:
        import polars as pl
    else:
        pl = late("polars")

mypy and import-linter read the first branch, so types and layers are checked as for any import; the second one runs. A
package of an extra names the extra, `late("xlsxwriter", extra="excel")`: where it is not installed, its first use
raises MissingPackageError, which says how to install it.

All late imports of irdb_sql use this function, except where a module is found by its name or has to wait for
something: names that are made at their first use (`__getattr__` of `irdb_sql` and `irdb_sql.errors`), modules of a
folder (commands, kinds of sources), huggingface_hub after its settings (`storage/hub.py`), and the command line after
its handler of Ctrl-C (`__main__`).
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from irdb_sql.errors import MissingPackageError


class _LateModule(ModuleType):
    """A module that is imported, thread-safely, when first used."""

    def __init__(self, name: str, extra: str | None) -> None:
        super().__init__(name)
        self._extra = extra

    def __getattr__(self, name: str) -> object:
        module = sys.modules.get(self.__name__)
        # While another thread imports a module, it is in sys.modules without all of its names.
        if module is None or getattr(module.__spec__, "_initializing", False):
            module = self._import()
        return getattr(module, name)

    def _import(self) -> ModuleType:
        try:
            return importlib.import_module(self.__name__)
        except ImportError as error:
            if self._extra is None:
                raise
            missing = MissingPackageError.of_extra(error.name or self.__name__, self._extra)
        raise missing  # outside of the block, so that one traceback ends with the hint


def late(name: str, extra: str | None = None) -> ModuleType:
    """Return a module that is imported when it is first used.

    Args:
        name: Its full dotted name.
        extra: The extra of irdb_sql that installs it; None for a module that is always installed.

    Raises:
        MissingPackageError: At its first use, if the extra is not installed.

    Example:
        >>> late("json").dumps([1])
        '[1]'
    """
    return _LateModule(name, extra)

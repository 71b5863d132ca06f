"""The start of the command line, from which on Ctrl-C ends it without a traceback."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what `signal` is made of; its import takes so long that Ctrl-C would meet it
import gc
import importlib
import os

TYPE_CHECKING = False  # the module `typing` would take longer to import than all of this
if TYPE_CHECKING:
    from typing import NoReturn

_INTERRUPTED = 130  # as in cli/errors.py, which is not imported yet
_NEW_OBJECTS = 10_000  # after which Python looks for garbage; by default, a short command does so 58 times, for nothing


def main() -> NoReturn:
    """Run the command line and end the process with its code."""
    gc.set_threshold(_NEW_OBJECTS)
    handler = _signal.signal(_signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    command_line = importlib.import_module("irdb_sql.cli.main")  # takes a while, in which the handler is needed
    _signal.signal(_signal.SIGINT, handler)
    raise SystemExit(command_line.main())


if __name__ == "__main__":
    main()

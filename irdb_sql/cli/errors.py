"""What only a command can meet, in sentences."""

from __future__ import annotations

from irdb_sql.engine.errors import FormatError
from irdb_sql.errors import IrdbError


class TerminalError(FormatError):
    """A format is not made for a terminal."""

    def __init__(self, form: str) -> None:
        super().__init__(f"{form} is no text for a terminal", f"name a file with -o FILE.{form}.")


class UnforeseenError(IrdbError, RuntimeError):
    """Something failed that nothing here foresees."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            f"irdb met an error that it does not know: {type(error).__name__}: {error}",
            "set IRDB_DEBUG=1 to see the traceback, and report it.",
        )

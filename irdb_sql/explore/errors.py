"""Errors of the explorer."""

from __future__ import annotations

import re

from irdb_sql.engine.errors import ParameterValueError
from irdb_sql.errors import IrdbError, NotFoundError, RangeError, quoted


class NoImageError(NotFoundError):
    """There is no image of a row."""

    def __init__(self, row: object) -> None:
        super().__init__(f"no image has row {row}", "rows are counted from 0, in the order of the files.")


class NoPromptError(NotFoundError):
    """There is no prompt of an id."""

    def __init__(self, prompt_id: object) -> None:
        super().__init__(f"no prompt has the id {quoted(prompt_id)}", "look for it in the list of prompts.")


class PlaceError(RangeError):
    """An address names a page or pair that is not there."""

    def __init__(self, name: str, value: object, most: int) -> None:
        super().__init__(name, value, f"a whole number from 1 to {most:,}")


class PortError(IrdbError, OSError):
    """The explorer cannot listen at an address."""

    def __init__(self, host: str, port: int, reason: str, *, is_known_host: bool) -> None:
        super().__init__(
            f"the explorer cannot listen at {host}:{port}: {reason}",
            "choose another port, or none, for one that is free."
            if is_known_host
            else "a host is a name or address of this machine, such as 127.0.0.1 or 0.0.0.0.",
        )


class BusyError(IrdbError, RuntimeError):
    """Too many statements run at the same time."""

    def __init__(self, running: int, waiting: int) -> None:
        super().__init__(
            f"{running} statements are running, and {waiting} wait for them",
            "try again when they have ended, after 30 seconds at the latest for each.",
        )


class ForeignRequestError(NotFoundError):
    """A page of another site asked for the answer of a statement."""

    def __init__(self) -> None:
        super().__init__("a page of another site asked for this", "run the statement on the page SQL.")


class ClientLeftError(IrdbError, RuntimeError):
    """Nobody waits for an answer any more."""

    def __init__(self) -> None:
        super().__init__("nobody waits for this answer any more", "ask again.")


def plain_sentence(error: IrdbError) -> str:
    """Return what is wrong, without the name of a query, and the place in it, that the reader has not typed."""
    sentence = error.sentence.partition("\n\nLINE ")[0]
    return re.sub(
        r"^(?:query '\w+' failed with .*?: )?Invalid Input Error: ", "", sentence, flags=re.IGNORECASE | re.DOTALL
    )


def plain_hint(error: IrdbError) -> str:
    """Return what to do, if it can be done on a page, and is no option of a command."""
    if isinstance(error, ParameterValueError):
        return "change the filter that it is about."
    return "" if any(word in error.hint for word in ("trusted", "timeout")) else error.hint

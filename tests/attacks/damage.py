"""Damages files at random, and says what came of asking about them: shared by the scripts of this folder."""

from __future__ import annotations

import random
from collections.abc import Callable

from irdb_sql.errors import IrdbError

_MOST_BYTES = 8


def damaged(content: bytes, source: random.Random, *, directory: int, cut_share: float) -> bytes:
    """Return a file with one to eight bytes changed, or cut short.

    Args:
        content: The file.
        source: Draws what is changed.
        directory: Where its directory begins, in which half of the files are changed.
        cut_share: How many files are cut short instead.
    """
    begin = directory if source.random() < 0.5 else 0
    if source.random() < cut_share:
        return content[: source.randrange(len(content))]
    changed = bytearray(content)
    for _ in range(source.randint(1, _MOST_BYTES)):
        changed[source.randrange(begin, len(content))] = source.randrange(256)
    return bytes(changed)


def outcome(ask: Callable[[], object]) -> str:
    """Ask, and say what came of it: what the answer says, an error of ours, or what is looked for here."""
    try:
        answer = ask()
        return answer if isinstance(answer, str) else "answered"
    except IrdbError as error:
        str(error).encode()
        return "an error of ours"
    except Exception as error:  # noqa: BLE001 - what these scripts look for
        return f"FAILED with {type(error).__name__}: {str(error)[:100]}"

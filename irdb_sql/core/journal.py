"""Journals: files of JSON lines that record finished work, so that an interrupted run is resumed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from irdb_sql.core.atomic_write import write_file
from irdb_sql.core.regular_files import read_regular_file
from irdb_sql.errors import UnwritableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    Line = dict[str, Any]


class Journal:
    """A file with a header and one line of JSON per finished piece of work.

    Args:
        path: Its path; the file is created unless it exists.
        kind: The command that writes it, such as `verify`.
        header: What the run is about; lines of a run with another header are dropped.
        is_valid: Whether a line of an earlier run still holds; other lines are dropped.

    Attributes:
        lines: The lines of an earlier run that still hold.

    Raises:
        UnwritableError: It cannot be written, or the file is no journal of this kind.
    """

    def __init__(
        self, path: Path, kind: str, header: Mapping[str, Any], is_valid: Callable[[Line], bool] = bool
    ) -> None:
        self._path = path
        self._kind = kind
        first = {f"irdb_{kind}": _EDITION, **header}
        lines = list(self._read())
        self.lines: list[Line] = [line for line in lines[1:] if is_valid(line)] if lines[:1] == [first] else []
        write_file(path, _encoded([first, *self.lines]))

    def add(self, lines: Iterable[Line]) -> None:
        """Record finished work.

        Raises:
            UnwritableError: The disk is full, or the file cannot be written any more.
        """
        try:
            with self._path.open("ab") as file:
                file.write(_encoded(lines))
        except OSError as error:
            raise UnwritableError(self._path, error.strerror or str(error)) from error

    def remove(self) -> None:
        """Delete the file, as all work is finished and kept elsewhere."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> Iterator[Line]:
        """Read the complete lines, as a killed run may cut one."""
        try:
            content = read_regular_file(self._path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise UnwritableError(self._path, error.strerror or str(error)) from error
        if content and not content.startswith(f'{{"irdb_{self._kind}"'.encode()):
            raise UnwritableError(self._path, f"it exists already, and is no journal of irdb {self._kind}")
        for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
            try:
                yield json.loads(line)
            except ValueError as error:
                hint = "delete it; what it records is done again."
                raise UnwritableError(self._path, f"line {number:,} of it is damaged", hint) from error


def _encoded(lines: Iterable[Line]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


_EDITION = 1  # of the lines

"""Remembers beside downloaded data which commit of which repository it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from irdb_sql.storage.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

RECORD = "irdb-download.json"
"""The file that says it."""


@dataclass(frozen=True)
class Record:
    """What was downloaded into a folder.

    Attributes:
        repository: From where.
        revision: The branch, tag or commit that was asked for.
        commit: What that was then.
        metadata: Every metadata file that the repository holds at this commit, also those that were not asked for.
        files: Path of each finished file, with its bytes and SHA-256.
    """

    repository: str
    revision: str
    commit: str
    metadata: tuple[str, ...]
    files: Mapping[str, tuple[int, str]]

    @property
    def name(self) -> str:
        """What to call the commit in reports and manifests.

        Example:
            >>> Record("zai-org/ImageRewardDB", "main", "5d1e", (), {}).name
            'zai-org/ImageRewardDB@5d1e'
        """
        return f"{self.repository}@{self.commit}"

    def has(self, folder: Path, path: str) -> bool:
        """Whether a file was finished, and has the same size since."""
        try:
            return path in self.files and (folder / path).stat().st_size == self.files[path][0]
        except OSError:
            return False

    def encoded(self) -> bytes:
        """Write it as JSON."""
        files = {path: {"bytes": size, "sha256": digest} for path, (size, digest) in sorted(self.files.items())}
        return (json.dumps({**vars(self), "files": files}, indent=1) + "\n").encode()


def read_record(folder: Path) -> Record | None:
    """Read what was downloaded into a folder; nothing if nothing was.

    Raises:
        RecordError: The file is not what it should be.
    """
    path = folder / RECORD
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        repository, revision, commit = (str(found[name]) for name in ("repository", "revision", "commit"))
        files = {name: (int(facts["bytes"]), str(facts["sha256"])) for name, facts in found["files"].items()}
        return Record(repository, revision, commit, tuple(map(str, found["metadata"])), files)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError(path, f"{type(error).__name__}: {error}") from error


def revision_of(folder: Path, names: Iterable[str]) -> str | None:
    """Return the name of the commit that files of a folder are of, as far as their sizes tell; nothing if unknown."""
    record = _usable_record(folder)
    return record.name if record is not None and all(record.has(folder, name) for name in names) else None


def revision_of_content(folder: Path, name: str, digest: str) -> str | None:
    """Return the name of the commit that a file is of, if it has the SHA-256 that was downloaded."""
    record = _usable_record(folder)
    return record.name if record is not None and record.files.get(name, (0, ""))[1] == digest else None


def _usable_record(folder: Path) -> Record | None:
    """Read a record, or return None where there is none or it is broken: data can be used without one."""
    try:
        return read_record(folder)
    except RecordError:
        return None

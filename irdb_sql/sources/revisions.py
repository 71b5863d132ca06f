"""Records beside downloaded data its repository and commit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from irdb_sql.core.regular_files import read_regular_file
from irdb_sql.storage.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

RECORD = "irdb-download.json"
"""The name of the file with the record."""


@dataclass(frozen=True)
class Record:
    """A record of what was downloaded into a folder.

    Attributes:
        repository: The repository, as OWNER/NAME.
        revision: The requested branch, tag or commit.
        commit: The commit that the revision was then.
        metadata: Every metadata file that the repository holds at this commit, downloaded or not.
        files: Path of each finished file, with its bytes and SHA-256.
    """

    repository: str
    revision: str
    commit: str
    metadata: tuple[str, ...]
    files: Mapping[str, tuple[int, str]]

    @property
    def name(self) -> str:
        """The name of the commit in reports and manifests.

        Example:
            >>> Record("zai-org/ImageRewardDB", "main", "5d1e", (), {}).name
            'zai-org/ImageRewardDB@5d1e'
        """
        return f"{self.repository}@{self.commit}"

    def has(self, folder: Path, path: str) -> bool:
        """Whether a file was downloaded, and still has its size."""
        try:
            return path in self.files and (folder / path).stat().st_size == self.files[path][0]
        except OSError:
            return False

    def to_json(self) -> bytes:
        """Encode the record as JSON."""
        files = {path: {"bytes": size, "sha256": digest} for path, (size, digest) in sorted(self.files.items())}
        return (json.dumps({**vars(self), "files": files}, indent=1) + "\n").encode()


def read_record(folder: Path) -> Record | None:
    """Read the record of a folder; None if there is none.

    Raises:
        RecordError: The file is no record.
    """
    path = folder / RECORD
    try:
        fields: dict[str, Any] = json.loads(read_regular_file(path))
        repository, revision, commit = (str(fields[name]) for name in ("repository", "revision", "commit"))
        files = {name: (int(file["bytes"]), str(file["sha256"])) for name, file in fields["files"].items()}
        return Record(repository, revision, commit, tuple(map(str, fields["metadata"])), files)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError(path, f"{type(error).__name__}: {error}") from error


def revision_of(folder: Path, names: Iterable[str]) -> str | None:
    """Return the recorded commit of a folder's files, compared by size."""
    record = _usable_record(folder)
    return record.name if record is not None and all(record.has(folder, name) for name in names) else None


def revision_of_content(folder: Path, name: str, digest: str) -> str | None:
    """Return the commit of a file, compared by SHA-256; None if unrecorded."""
    record = _usable_record(folder)
    return record.name if record is not None and record.files.get(name, (0, ""))[1] == digest else None


def _usable_record(folder: Path) -> Record | None:
    """Read a record; None if it is missing or broken."""
    try:
        return read_record(folder)
    except RecordError:
        return None

"""Speaks to the hub that publishes the dataset: what a revision holds, and the bytes of its files.

The package huggingface_hub knows the hub's addresses, mirrors, tokens and refusals. It throws away what it has of a
file when it is interrupted, so bytes are asked for here, from where an earlier run has stopped.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, unquote

from irdb_sql.core.late import late
from irdb_sql.errors import IrdbError
from irdb_sql.storage.errors import (
    DATASET,
    HubAccessError,
    HubError,
    MissingHubError,
    RepositoryNameError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from importlib import metadata
else:
    metadata = late("importlib.metadata")

_OLDER_NAME = "THUDM/ImageRewardDB"  # which mirrors may know alone
_ADDRESS = re.compile(
    r"hf://datasets/(?P<repository>[^/@]+/[^/@]+)(?:@(?P<revision>refs/(?:pr|convert)/[^/]+|[^/]+))?/?"
)
COMMIT = re.compile(r"[0-9a-f]{40}")
TRIES = 4
BACKOFF = 0.2  # seconds before the second attempt, twice as many before each further one
_WAIT = 30.0  # seconds for the next bytes


@dataclass(frozen=True)
class PublishedFile:
    """A file of a repository, as the hub lists it.

    Attributes:
        path: Its path there.
        size: Its bytes.
        digest: What its content is checked by.
        algorithm: How that is made: `sha256`, or `git`, which is the SHA-1 of what git calls a blob.
    """

    path: str
    size: int
    digest: str
    algorithm: Literal["sha256", "git"]


@dataclass(frozen=True)
class Snapshot:
    """A repository at one commit.

    Attributes:
        repository: Its name.
        revision: What was asked for.
        commit: What that is now.
        files: Its files by path.
    """

    repository: str
    revision: str
    commit: str
    files: Mapping[str, PublishedFile]

    @property
    def name(self) -> str:
        """What to call it."""
        return f"{self.repository}@{self.commit}"

    def url(self, path: str) -> str:
        """Return the address of a file."""
        return f"{web_root(self.repository, self.commit)}/{quote(path)}"


class DroppedError(Exception):
    """A connection broke, or the hub is busy: what it did not send may come at the next attempt."""


def parse_address(url: str) -> tuple[str, str] | None:
    """Take apart what names a dataset of the hub; nothing if a URL does not.

    Example:
        >>> parse_address("hf://datasets/zai-org/ImageRewardDB@refs%2Fpr%2F1")
        ('zai-org/ImageRewardDB', 'refs/pr/1')
        >>> parse_address("hf://datasets/zai-org/ImageRewardDB")
        ('zai-org/ImageRewardDB', 'main')
    """
    match = _ADDRESS.fullmatch(url)
    return None if match is None else (match["repository"], unquote(match["revision"] or "main"))


def web_root(repository: str, revision: str) -> str:
    """Return the address below which the files of a revision lie."""
    return f"{_library().constants.ENDPOINT}/datasets/{repository}/resolve/{quote(revision, safe='')}"


def request_headers() -> dict[str, str]:
    """Return what the hub wants to know of who asks: this package, and the user's token if there is one."""
    headers: dict[str, str] = _library().utils.build_hf_headers(**_sender())
    return headers


def take_snapshot(repository: str = DATASET, revision: str = "main") -> Snapshot:
    """Ask the hub, once, which commit a revision is and what it holds.

    Raises:
        MissingHubError: The extra that it needs is not installed.
        RepositoryNameError, RepositoryNotFoundError, RevisionNotFoundError: There is no such thing.
        HubAccessError: The hub does not let this user have it.
        HubError: The hub does not answer, or not as it should.
    """
    try:
        return _snapshot_after_retries(repository, revision)
    except RepositoryNotFoundError:
        if repository != DATASET:
            raise
        with contextlib.suppress(RepositoryNotFoundError):
            return _snapshot_after_retries(_OLDER_NAME, revision)
        raise


def _snapshot_after_retries(repository: str, revision: str) -> Snapshot:
    for attempt in range(TRIES):
        try:
            return _read_snapshot(repository, revision)
        except DroppedError as error:
            if attempt == TRIES - 1:
                raise HubError(_listing(repository), str(error), repository) from error
            wait(attempt)
    raise AssertionError  # the last attempt returns or raises


def _read_snapshot(repository: str, revision: str) -> Snapshot:
    library = _library()
    api = library.HfApi(endpoint=library.constants.ENDPOINT, **_sender())
    try:
        with _silence(library):
            info = api.dataset_info(repository, revision=revision, files_metadata=True, timeout=_WAIT)
    except Exception as error:
        raise _error_of(error, repository, revision) from error
    try:
        files = [_listed(file) for file in info.siblings]
        is_commit = COMMIT.fullmatch(info.sha) is not None
    except (TypeError, ValueError) as error:
        raise HubError(_listing(repository), _STRANGE, repository) from error
    if not is_commit:
        raise HubError(_listing(repository), f"it calls {info.sha!r} a commit", repository)
    return Snapshot(repository, revision, info.sha, {file.path: file for file in files})


def _listed(file: Any) -> PublishedFile:  # noqa: ANN401 - the package has no name for it that lasts
    if file.lfs is not None:
        return PublishedFile(file.rfilename, int(file.size), str(file.lfs.sha256), "sha256")
    return PublishedFile(file.rfilename, int(file.size), str(file.blob_id), "git")


def _error_of(error: Exception, repository: str, revision: str) -> Exception:
    """Turn what the package raises into an error of ours, or into one after which it is asked again."""
    library = _library()
    endpoint, kinds, listing = library.constants.ENDPOINT, library.errors, _listing(repository)
    if isinstance(error, kinds.HFValidationError):
        return RepositoryNameError(repository)
    if isinstance(error, kinds.RevisionNotFoundError):
        return RevisionNotFoundError(endpoint, repository, revision)
    if isinstance(error, kinds.HfHubHTTPError):
        status = error.response.status_code
        is_lost = isinstance(error, kinds.RepositoryNotFoundError) and not isinstance(error, kinds.GatedRepoError)
        if is_lost or status == _MISSING:
            return RepositoryNotFoundError(endpoint, repository)
        return _refusal(listing, repository, status)
    if isinstance(error, (kinds.OfflineModeIsEnabled, ValueError, TypeError, LookupError)):
        reason = _OFFLINE if isinstance(error, kinds.OfflineModeIsEnabled) else _STRANGE
        return HubError(listing, reason, repository)
    return DroppedError(one_line(error))


def pieces(url: str, repository: str, begin: int) -> Generator[tuple[int, bytes], None, None]:
    """Ask for a file from a byte on, and yield what comes, each piece with its place; the first may be empty.

    A hub that sends no part of a file sends it from its first byte; of a file that is no longer, nothing comes.

    Raises:
        DroppedError: The connection broke, or the hub is busy.
        HubAccessError: The hub does not let this user have it.
        HubError: The hub does not have it, or answers what nobody asked.
    """
    library = _library()
    headers = request_headers() | {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begin}-"} if begin else {})
    session = library.utils.get_session()
    try:
        with session.stream("GET", url, headers=headers, timeout=_WAIT) as answer:
            place = _begun(answer, url, repository, begin)
            if place is None:
                return
            yield place, b""
            for piece in answer.iter_raw():
                yield place, piece
                place += len(piece)
    except (IrdbError, DroppedError):
        raise
    except library.errors.OfflineModeIsEnabled as error:
        raise HubError(url, _OFFLINE, repository) from error
    except Exception as error:  # the errors of the package that is asked through
        raise DroppedError(one_line(error)) from error


def _begun(answer: Any, url: str, repository: str, begin: int) -> int | None:  # noqa: ANN401 - of the package
    """Return the byte from which on an answer sends a file; nothing if the file ends before."""
    if answer.status_code == _NO_SUCH_RANGE:
        return None
    if answer.status_code not in (_OK, _PARTIAL):
        raise _refusal(url, repository, answer.status_code)
    if answer.status_code == _OK:
        return 0
    if not answer.headers.get("content-range", "").startswith(f"bytes {begin}-"):
        raise HubError(url, "the hub sends other bytes than it was asked for", repository)
    return begin


def wait(attempt: int) -> None:
    """Give the hub some time before the next attempt."""
    time.sleep(BACKOFF * 2**attempt)


_OK, _PARTIAL, _MISSING, _NO_SUCH_RANGE = 200, 206, 404, 416
_PASSING = (408, 429, 500, 502, 503, 504)
_FORBIDDEN = (401, 403)
_OFFLINE = "HF_HUB_OFFLINE forbids to ask"
_STRANGE = "what answers is no hub, or does not say what it holds"


def _refusal(url: str, repository: str, status: int) -> Exception:
    if status in _PASSING:
        return DroppedError(f"the hub answers {status}")
    if status in _FORBIDDEN:
        return HubAccessError(url, repository, status)
    return HubError(url, f"the hub answers {status}", repository)


def one_line(error: BaseException) -> str:
    """Write what an error says on one line, or else what it is called."""
    return " ".join(str(error).split()) or type(error).__name__


def _listing(repository: str) -> str:
    return f"{_library().constants.ENDPOINT}/datasets/{repository}"


def _sender() -> dict[str, str]:
    return {"library_name": "irdb-sql", "library_version": metadata.version("irdb-sql")}


def _library() -> Any:  # noqa: ANN401 - a module
    """Import huggingface_hub when it is first needed, with its telemetry switched off."""
    with _importing:  # one thread sets a variable for the time of the import, which `late` cannot
        before = os.environ.get(_QUIET)
        os.environ[_QUIET] = before or "1"  # it is read once, at the import, and would cost a request
        try:
            for part in ("constants", "errors", "utils"):
                importlib.import_module(f"huggingface_hub.{part}")
            return importlib.import_module("huggingface_hub")
        except ImportError as error:
            raise MissingHubError("huggingface_hub") from error
        finally:
            if before is None:
                del os.environ[_QUIET]


@contextlib.contextmanager
def _silence(library: Any) -> Iterator[None]:  # noqa: ANN401 - a module
    """Keep what the package has to say away from standard error; what matters is raised."""
    log = library.utils.logging
    with _speaking:
        before = log.get_verbosity()
        log.set_verbosity(log.CRITICAL)
        try:
            yield
        finally:
            log.set_verbosity(before)


_QUIET = "HF_HUB_DISABLE_TELEMETRY"
_importing, _speaking = threading.Lock(), threading.Lock()  # what is the whole process's, one thread changes at a time

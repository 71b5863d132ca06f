"""Client of the Hugging Face hub: files of a revision, and their bytes from where an earlier run has stopped."""
# The package huggingface_hub knows addresses, tokens and errors, but deletes a file that is not finished.

from __future__ import annotations

import contextlib
import importlib
import os
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

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

_OLDER_NAME = "THUDM/ImageRewardDB"  # some mirrors have only this name
DATASET_NAMES = (DATASET, _OLDER_NAME)
"""The names of the published dataset, whose parts are known."""
COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
TRIES = 4
BACKOFF = 0.2  # seconds before the second attempt, twice as many before each further one
_WAIT = 30.0  # seconds for the next bytes


@dataclass(frozen=True)
class PublishedFile:
    """A file of a repository, as the hub lists it.

    Attributes:
        path: Its path there.
        size: Its bytes.
        digest: The hash of its content, in hexadecimal.
        algorithm: The hash: `sha256`, or `git`, which is the SHA-1 of a git blob.
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
        revision: The requested branch, tag or commit.
        commit: The commit that the revision is.
        files: Its files by path.
    """

    repository: str
    revision: str
    commit: str
    files: Mapping[str, PublishedFile]

    @property
    def name(self) -> str:
        """Repository and commit, as OWNER/NAME@COMMIT."""
        return f"{self.repository}@{self.commit}"

    def url(self, path: str) -> str:
        """Return the URL of a file."""
        return f"{web_root(self.repository, self.commit)}/{quote(path)}"


class DroppedError(Exception):
    """A broken connection or a busy hub; another attempt may succeed."""


def web_root(repository: str, revision: str) -> str:
    """Return the URL below which the files of a revision lie."""
    return f"{_library().constants.ENDPOINT}/datasets/{repository}/resolve/{quote(revision, safe='')}"


def request_headers() -> dict[str, str]:
    """Return the headers of a request, with the user's token if any."""
    headers: dict[str, str] = _library().utils.build_hf_headers(**_client_name())
    return headers


def take_snapshot(repository: str = DATASET, revision: str = "main") -> Snapshot:
    """Request the commit of a revision and the list of its files.

    Raises:
        MissingHubError: The extra that it needs is not installed.
        RepositoryNameError, RepositoryNotFoundError, RevisionNotFoundError: The hub has no such dataset or revision.
        HubAccessError: The hub refuses access to this user.
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
                raise HubError(_repository_url(repository), str(error), repository) from error
            wait(attempt)
    raise AssertionError  # the last attempt returns or raises


def _read_snapshot(repository: str, revision: str) -> Snapshot:
    library = _library()
    api = library.HfApi(endpoint=library.constants.ENDPOINT, **_client_name())
    try:
        with _silenced_log(library):
            info = api.dataset_info(repository, revision=revision, files_metadata=True, timeout=_WAIT)
    except Exception as error:
        raise _translate_error(error, repository, revision) from error
    try:
        files = [_published_file(file) for file in info.siblings]
        is_commit = COMMIT.fullmatch(info.sha) is not None
    except (TypeError, ValueError) as error:
        raise HubError(_repository_url(repository), _STRANGE, repository) from error
    if not is_commit:
        raise HubError(_repository_url(repository), f"it calls {info.sha!r} a commit", repository)
    return Snapshot(repository, revision, info.sha, {file.path: file for file in files})


def _published_file(file: Any) -> PublishedFile:  # noqa: ANN401 - the package has no stable name for this type
    """Return a file of a listing; ValueError if the hub says of it what no file has."""
    digest, pattern = (file.blob_id, COMMIT) if file.lfs is None else (file.lfs.sha256, _SHA256)
    is_hash = isinstance(digest, str) and pattern.fullmatch(digest) is not None
    if not (isinstance(file.rfilename, str) and type(file.size) is int and file.size >= 0 and is_hash):
        raise ValueError(_STRANGE)
    return PublishedFile(file.rfilename, file.size, digest, "git" if file.lfs is None else "sha256")


def _translate_error(error: Exception, repository: str, revision: str) -> Exception:
    """Return an error of ours for one of the package."""
    library = _library()
    endpoint, kinds, listing = library.constants.ENDPOINT, library.errors, _repository_url(repository)
    if isinstance(error, kinds.HFValidationError):
        return RepositoryNameError(repository)
    if isinstance(error, kinds.RevisionNotFoundError):
        return RevisionNotFoundError(endpoint, repository, revision)
    if isinstance(error, kinds.HfHubHTTPError):
        status = error.response.status_code
        is_lost = isinstance(error, kinds.RepositoryNotFoundError) and not isinstance(error, kinds.GatedRepoError)
        if is_lost or status == _MISSING:
            return RepositoryNotFoundError(endpoint, repository)
        return _status_error(listing, repository, status)
    if isinstance(error, (kinds.OfflineModeIsEnabled, ValueError, TypeError, LookupError)):
        reason = _OFFLINE if isinstance(error, kinds.OfflineModeIsEnabled) else _STRANGE
        return HubError(listing, reason, repository)
    return DroppedError(_error_line(error))


def stream_file(url: str, repository: str, begin: int) -> Generator[tuple[int, bytes], None, None]:
    """Request a file from an offset, and yield chunks with offsets.

    The first chunk is empty. A hub that ignores ranges sends the whole file; a file that ends before yields nothing.

    Raises:
        DroppedError: The connection broke, or the hub is busy.
        HubAccessError: The hub refuses access to this user.
        HubError: The hub does not have it, or sends another range.
    """
    library = _library()
    headers = request_headers() | {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begin}-"} if begin else {})
    session = library.utils.get_session()
    try:
        with session.stream("GET", url, headers=headers, timeout=_WAIT) as response:
            offset = _first_byte(response, url, repository, begin)
            if offset is None:
                return
            yield offset, b""
            for chunk in response.iter_raw():
                yield offset, chunk
                offset += len(chunk)
    except (IrdbError, DroppedError):
        raise
    except library.errors.OfflineModeIsEnabled as error:
        raise HubError(url, _OFFLINE, repository) from error
    except Exception as error:  # whatever the HTTP library of the package raises
        raise DroppedError(_error_line(error)) from error


def _first_byte(response: Any, url: str, repository: str, begin: int) -> int | None:  # noqa: ANN401 - a type of httpx
    """Return the offset of a response; None beyond the file's end."""
    if response.status_code == _NO_SUCH_RANGE:
        return None
    if response.status_code not in (_OK, _PARTIAL):
        raise _status_error(url, repository, response.status_code)
    if response.status_code == _OK:
        return 0
    if not response.headers.get("content-range", "").startswith(f"bytes {begin}-"):
        raise HubError(url, "the hub sends other bytes than requested", repository)
    return begin


def wait(attempt: int) -> None:
    """Sleep before the next attempt, twice as long after each."""
    time.sleep(BACKOFF * 2**attempt)


_OK, _PARTIAL, _MISSING, _NO_SUCH_RANGE = 200, 206, 404, 416
_PASSING, _FORBIDDEN = (408, 429, 500, 502, 503, 504), (401, 403)
_OFFLINE = "the environment variable HF_HUB_OFFLINE forbids requests"
_STRANGE = "the response is not that of a hub, or does not list its files"


def _status_error(url: str, repository: str, status: int) -> Exception:
    if status in _PASSING:
        return DroppedError(f"the hub answers {status}")
    if status in _FORBIDDEN:
        return HubAccessError(url, repository, status)
    return HubError(url, f"the hub answers {status}", repository)


def _error_line(error: BaseException) -> str:
    """Return an error's message on one line, or its type."""
    return " ".join(str(error).split()) or type(error).__name__


def _repository_url(repository: str) -> str:
    return f"{_library().constants.ENDPOINT}/datasets/{repository}"


def _client_name() -> dict[str, str]:
    return {"library_name": "irdb-sql", "library_version": metadata.version("irdb-sql")}


def _library() -> Any:  # noqa: ANN401 - a module
    """Import huggingface_hub when it is first needed, without telemetry."""
    with _importing:  # one thread sets a variable for the time of the import, which `late` cannot
        before = os.environ.get(_QUIET)
        os.environ[_QUIET] = before or "1"  # the package reads it at import; telemetry would cost a request
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
def _silenced_log(library: Any) -> Iterator[None]:  # noqa: ANN401 - a module
    """Silence the log of the package; what matters is raised."""
    log = library.utils.logging
    with _speaking:
        before = log.get_verbosity()
        log.set_verbosity(log.CRITICAL)
        try:
            yield
        finally:
            log.set_verbosity(before)


_QUIET = "HF_HUB_DISABLE_TELEMETRY"
_importing, _speaking = threading.Lock(), threading.Lock()  # one thread at a time changes what the process shares

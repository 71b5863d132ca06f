"""URLs of remote files: joined with a path, and the reasons why they cannot be read."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from irdb_sql.errors import public_address, quoted
from irdb_sql.storage.errors import ADDRESSES, DATASET, NO_DATASET, RemoteError


def web_address(root: str, path: str) -> str:
    """Join a root URL and a path, with the query last."""
    base, mark, query = root.partition("?")
    return f"{base.rstrip('/')}/{quote(path)}{mark}{query}"


def cause_to_show(url: str, error: BaseException) -> BaseException | None:
    """Return an error to show as a cause, or None if its message may hold secrets of the URL."""
    return error if public_address(url) == url else None


def parse_address(url: str) -> tuple[str, str] | None:
    """Split a hub URL into repository and revision; None if another URL.

    Example:
        >>> parse_address("hf://datasets/zai-org/ImageRewardDB@refs%2Fpr%2F1")
        ('zai-org/ImageRewardDB', 'refs/pr/1')
        >>> parse_address("hf://datasets/zai-org/ImageRewardDB")
        ('zai-org/ImageRewardDB', 'main')
    """
    match = _ADDRESS.fullmatch(url)
    return None if match is None else (match["repository"], unquote(match["revision"] or "main"))


def check_address(url: str) -> None:
    """Raise an error for a URL that names a dataset of the hub in another form, or a scheme in capitals.

    Raises:
        RemoteError: It does, with the address that is meant.
    """
    scheme = url.partition("://")[0]
    if parse_address(url) is not None:
        return
    if (meant := hub_address(url.strip())) is not None:
        is_page = scheme.lower().startswith("http")
        raise RemoteError(url, _PAGE if is_page else NO_DATASET, f"the dataset is {meant}.")
    if scheme == "hf":
        raise RemoteError(url, NO_DATASET, f"write one such as hf://datasets/{DATASET}.")
    if scheme != (small := scheme.strip().lower()):
        raise RemoteError(url, f"{quoted(scheme)} is not {small}", f"write {small}://…; {ADDRESSES}")
    if not scheme:
        raise RemoteError(url, "it has no scheme", ADDRESSES)


def hub_address(text: str) -> str | None:
    """Return the URL of a dataset of the hub that a text seems to mean, or None.

    Example:
        >>> hub_address("zai-org/ImageRewardDB"), hub_address("hf://zai-org/ImageRewardDB@main")
        ('hf://datasets/zai-org/ImageRewardDB', 'hf://datasets/zai-org/ImageRewardDB@main')
        >>> hub_address("https://huggingface.co/datasets/zai-org/ImageRewardDB/tree/v1")
        'hf://datasets/zai-org/ImageRewardDB@v1'
        >>> hub_address("HF://datasets/zai-org/ImageRewardDB")
        'hf://datasets/zai-org/ImageRewardDB'
        >>> hub_address("./zai-org/ImageRewardDB"), hub_address("data/metadata-test.parquet")
        (None, None)
    """
    match = _HUB_PLACE.fullmatch(text)
    if match is None or match["name"].endswith((".parquet", ".json")):
        return None
    revision = match["revision"] or match["branch"]
    return f"hf://datasets/{match['owner']}/{match['name']}{f'@{revision}' if revision else ''}"


_HUB_PLACE = re.compile(
    r"(?:(?i:hf:/{0,2}|(?:https?://)?(?:www\.)?huggingface\.co/))?(?:datasets/)?(?P<owner>(?!datasets/|models/|spaces/)\w[\w.-]*)/(?P<name>\w[\w.-]*)"
    r"(?:@(?P<revision>[\w./%-]+)|/(?:tree|blob)/(?P<branch>[\w.%-]+))?/?"
)
_PAGE = "it is the page of a dataset, no folder of files"
_ADDRESS = re.compile(
    r"hf://datasets/(?P<repository>[^/@?#]+/[^/@?#]+)(?:@(?P<revision>refs/(?:pr|convert)/[^/?#]+|[^/?#]+))?/?"
)

"""URLs of remote files: joined with a path, and the reasons why they cannot be read."""

from __future__ import annotations

import re
from urllib.parse import quote

from irdb_sql.errors import public_address


def web_address(root: str, path: str) -> str:
    """Join a root URL and a path, with the query last."""
    base, mark, query = root.partition("?")
    return f"{base.rstrip('/')}/{quote(path)}{mark}{query}"


def cause_to_show(url: str, error: BaseException) -> BaseException | None:
    """Return an error to show as a cause, or None if its message may hold secrets of the URL."""
    return error if public_address(url) == url else None


def hub_address(text: str) -> str | None:
    """Return the URL of a dataset of the hub that a text seems to mean, or None.

    Example:
        >>> hub_address("zai-org/ImageRewardDB"), hub_address("hf://zai-org/ImageRewardDB@main")
        ('hf://datasets/zai-org/ImageRewardDB', 'hf://datasets/zai-org/ImageRewardDB@main')
        >>> hub_address("https://huggingface.co/datasets/zai-org/ImageRewardDB/tree/v1")
        'hf://datasets/zai-org/ImageRewardDB@v1'
        >>> hub_address("./zai-org/ImageRewardDB"), hub_address("data/metadata-test.parquet")
        (None, None)
    """
    match = _HUB_PLACE.fullmatch(text)
    if match is None or match["name"].endswith((".parquet", ".json")):
        return None
    revision = match["revision"] or match["branch"]
    return f"hf://datasets/{match['owner']}/{match['name']}{f'@{revision}' if revision else ''}"


_HUB_PLACE = re.compile(
    r"(?:hf:/{0,2}|(?:https?://)?huggingface\.co/)?(?:datasets/)?(?P<owner>(?!datasets/|models/|spaces/)\w[\w.-]*)/(?P<name>\w[\w.-]*)"
    r"(?:@(?P<revision>[\w./%-]+)|/(?:tree|blob)/(?P<branch>[\w.%-]+))?/?"
)

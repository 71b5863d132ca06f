"""URLs of remote files: joined with a path, and the reasons why they cannot be read."""

from __future__ import annotations

from urllib.parse import quote

from irdb_sql.errors import public_address


def web_address(root: str, path: str) -> str:
    """Join a root URL and a path, with the query last."""
    base, mark, query = root.partition("?")
    return f"{base.rstrip('/')}/{quote(path)}{mark}{query}"


def cause_to_show(url: str, error: BaseException) -> BaseException | None:
    """Return an error to show as a cause, or None if its message may hold secrets of the URL."""
    return error if public_address(url) == url else None

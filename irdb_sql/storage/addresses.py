"""URLs of remote files: without their secrets, and joined with a path."""

from __future__ import annotations

import re
from urllib.parse import quote


def public_address(url: str) -> str:
    """Return a URL without user, password, query and fragment.

    Example:
        >>> public_address("https://me:mine@example.org/data?signature=x#y")
        'https://example.org/data'
    """
    scheme, mark, rest = url.partition("://")
    place, slash, path = re.split("[?#]", rest, maxsplit=1)[0].partition("/")
    return f"{scheme}{mark}{place.rpartition('@')[2]}{slash}{path}"


def web_address(root: str, path: str) -> str:
    """Join a root URL and a path, with the query last."""
    base, mark, query = root.partition("?")
    return f"{base.rstrip('/')}/{quote(path)}{mark}{query}"


def without_secrets(text: str, url: str) -> str:
    """Remove the secrets of a URL from an error message."""
    return text.replace(url, public_address(url)).replace(f"?{url.partition('?')[2]}", "")

"""Addresses of files elsewhere: what of them may be shown, and how one leads on to a path below."""

from __future__ import annotations

import re
from urllib.parse import quote


def public_address(url: str) -> str:
    """Leave out of a URL what may be secret: user and password, and what follows its path.

    Example:
        >>> public_address("https://me:mine@example.org/data?signature=x#y")
        'https://example.org/data'
    """
    scheme, mark, rest = url.partition("://")
    place, slash, path = re.split("[?#]", rest, maxsplit=1)[0].partition("/")
    return f"{scheme}{mark}{place.rpartition('@')[2]}{slash}{path}"


def web_address(root: str, path: str) -> str:
    """Write the address of a path below a root; what follows `?` stays at its end."""
    base, mark, query = root.partition("?")
    return f"{base.rstrip('/')}/{quote(path)}{mark}{query}"


def without_secrets(text: str, url: str) -> str:
    """Leave out of what a package says what is secret in a URL."""
    return text.replace(url, public_address(url)).replace(f"?{url.partition('?')[2]}", "")

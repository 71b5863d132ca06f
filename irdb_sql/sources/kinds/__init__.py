"""Kinds of files with images and labels, one class and one module each: a new module here is a new kind."""

from __future__ import annotations

import pkgutil

_SHARED = ("base", "errors", "layout", "registry")


def layout_names() -> list[str]:
    """Return the names of all layouts, which are those of the modules, without importing these.

    Example:
        >>> layout_names()
        ['hpdv2', 'hpdv3', 'imagerewarddb', 'mmrb2', 'pairs', 'pickapic', 'ranking', 'rapidata']
    """
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _SHARED)

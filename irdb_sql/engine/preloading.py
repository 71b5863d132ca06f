"""Imports libraries in a thread while the engine opens a source: both take a while, and most answers need both."""

from __future__ import annotations

import contextlib
import importlib
import threading


def preload(*modules: str) -> None:
    """Start to import modules, one after the other."""
    threading.Thread(target=_load, args=modules, daemon=True).start()


def _load(*modules: str) -> None:
    for module in modules:
        with contextlib.suppress(Exception):  # such as for lack of memory, which whoever needs the module is told
            importlib.import_module(module)

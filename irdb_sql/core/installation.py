"""How an extra of irdb_sql is installed, from where irdb_sql was installed."""

from __future__ import annotations

import importlib.metadata
import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

_NAME = "irdb-sql"


def install_command(extra: str) -> str:
    """Return the command that installs an extra from where irdb_sql was installed.

    A checkout, a file or a repository has left its place in the metadata of the distribution (PEP 610, `direct_url`);
    what a registry served has none.

    Args:
        extra: The name of the extra.
    """
    origin = _origin()
    url = str(origin.get("url", ""))
    options: list[str] = []
    if "dir_info" in origin or not origin:
        folder = Path(url2pathname(urlsplit(url).path)) if url else _checkout()
        requirement = f"{_NAME}[{extra}]" if folder is None else f"{_short(folder)}[{extra}]"
        options = ["-e"] * bool(origin.get("dir_info", {}).get("editable"))
    elif (repository := origin.get("vcs_info")) is not None:
        requirement = f"{_NAME}[{extra}] @ {repository['vcs']}+{url}@{repository['commit_id']}"
    else:
        requirement = f"{_NAME}[{extra}] @ {url}"
    return f"{_pip()} install {' '.join([*options, shlex.quote(requirement)])}"


def _origin() -> dict[str, Any]:
    """Return what pip noted of the place that irdb_sql was installed from; nothing for a registry."""
    try:
        noted = json.loads(importlib.metadata.distribution(_NAME).read_text("direct_url.json") or "{}")
        return noted if isinstance(noted, dict) else {}
    except (importlib.metadata.PackageNotFoundError, ValueError, OSError):
        return {}


def _checkout() -> Path | None:
    """Return the checkout that is used without being installed, or None."""
    folder = Path(__file__).parents[2]
    return folder if (folder / "pyproject.toml").is_file() else None


def _short(folder: Path) -> str:
    """Return a folder as `.` where it is the current one."""
    try:
        return "." if folder.samefile(Path.cwd()) else str(folder)
    except OSError:
        return str(folder)


def _pip() -> str:
    """Return the command pip of this Python: another one may come first in PATH."""
    found = shutil.which("pip")
    is_ours = found is not None and Path(found).parent == Path(sys.executable).parent
    return "pip" if is_ours else f"{shlex.quote(sys.executable)} -m pip"

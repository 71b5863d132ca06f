"""The command that installs an extra, from wherever irdb_sql was installed."""

from __future__ import annotations

import importlib.metadata
import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import CHECKOUT

from irdb_sql.core.installation import install_command

if TYPE_CHECKING:
    from collections.abc import Callable

COMMIT = "5d1e" * 10


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Replace what pip noted of the place that irdb_sql was installed from."""

    class Noted:
        def __init__(self, text: str | None) -> None:
            self.text = text

        def read_text(self, name: str) -> str | None:
            return self.text if name == "direct_url.json" else None

    def replace(noted: Any) -> None:
        text = noted if isinstance(noted, str | None) else json.dumps(noted)
        monkeypatch.setattr(importlib.metadata, "distribution", lambda _name: Noted(text))

    return replace


def requirement(command: str) -> list[str]:
    """Return what follows `install` in a command."""
    words = shlex.split(command)
    return words[words.index("install") + 1 :]


@pytest.mark.parametrize(
    ("noted", "words"),
    [
        ({"url": "file:///a/check%20out", "dir_info": {}}, ["/a/check out[hub]"]),
        ({"url": "file:///a/b", "dir_info": {"editable": True}}, ["-e", "/a/b[hub]"]),
        (
            {"url": "https://example.org/x.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            [f"irdb-sql[hub] @ git+https://example.org/x.git@{COMMIT}"],
        ),
        (
            {"url": "file:///a/irdb_sql-0.2.0-py3-none-any.whl", "archive_info": {}},
            ["irdb-sql[hub] @ file:///a/irdb_sql-0.2.0-py3-none-any.whl"],
        ),
    ],
)
def test_an_extra_comes_from_where_the_package_came_from(
    origin: Callable[[Any], None], noted: dict[str, Any], words: list[str]
) -> None:
    origin(noted)
    assert requirement(install_command("hub")) == words


@pytest.mark.parametrize("noted", [None, "", "no JSON", "[]", "{}"])
def test_without_a_note_it_comes_from_the_checkout_that_is_used(origin: Callable[[Any], None], noted: Any) -> None:
    origin(noted)
    assert requirement(install_command("hub")) == [".[hub]" if Path.cwd() == CHECKOUT else f"{CHECKOUT}[hub]"]


def test_the_current_folder_is_a_dot(
    origin: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    origin({"url": tmp_path.as_uri(), "dir_info": {}})
    assert requirement(install_command("hub")) == [f"{tmp_path}[hub]"]
    monkeypatch.chdir(tmp_path)
    assert requirement(install_command("hub")) == [".[hub]"]


def test_pip_is_that_of_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert install_command("hub").startswith("pip install ")
    monkeypatch.setenv("PATH", "/nowhere")
    python, *words = shlex.split(install_command("hub"))
    assert words[:3] == ["-m", "pip", "install"]
    assert subprocess.run([python, "-m", "pip", "--version"], check=True, capture_output=True).stdout

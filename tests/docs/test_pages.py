"""The page for contributors names every package and key of a header, and pages name only files that exist."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
from typing import TYPE_CHECKING

import pytest
from conftest import CHECKOUT

from irdb_sql.core.catalog import KEYS

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (CHECKOUT / "docs/contributing.md").read_text()


def test_every_package_is_named() -> None:
    packages = {path.parent.name for path in (CHECKOUT / "irdb_sql").glob("*/__init__.py")}
    named = set(re.findall(r"[\w/]+", PAGE.partition("## Where things are")[2].partition("## Add")[0]))
    assert packages <= {name.removeprefix("irdb_sql/") for name in named}


@pytest.mark.parametrize("page", ["contributing", "security"])
def test_every_path_exists(page: str) -> None:
    paths = re.findall(r"`((?:irdb_sql|queries|tests)/[\w./]*)`", (CHECKOUT / f"docs/{page}.md").read_text())
    assert len(paths) > 10
    assert [path for path in paths if not (CHECKOUT / path).exists()] == []


def test_every_key_of_a_header_is_described() -> None:
    described = set(re.findall(r"^\| `-- ([a-z ]+): ", PAGE, re.MULTILINE))
    assert described == {*KEYS, "note"}
    assert "| `-- param NAME: …` |" in PAGE


def test_the_python_of_the_page_on_generators_runs(tmp_path: Path) -> None:
    (code,) = re.findall(
        r"^```python\n(.*?)^```$", (CHECKOUT / "docs/generators.md").read_text(), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "example.py").write_text(code)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(tmp_path / "example.py"))
    assert out.getvalue().count("shape: ") == 2

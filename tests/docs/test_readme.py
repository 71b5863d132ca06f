"""The README is the manual: every block of code in it is run, and its tables name everything there is."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from inspect import isfunction
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from conftest import CHECKOUT, JAVA_OPTIONS
from PIL import Image

from irdb_sql.cli.main import irdb
from irdb_sql.core import catalog as catalogs
from irdb_sql.database import questions, statistics

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

README = (CHECKOUT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
INSTALLS = [text for language, text in BLOCKS if language == "sh" and "pip install" in text]


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCKS if kind == language and text not in INSTALLS]


def test_every_language_of_a_block_is_run_by_a_test() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "csv", "python", "sql"}


@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines()])
def test_each_command_works(line: str, tmp_path: Path) -> None:
    scripts = Path(sys.executable).parent
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    if line in README.partition("```csv")[0]:  # the command whose output is shown
        assert done.stdout == blocks("csv")[0]


@pytest.mark.parametrize("code", blocks("python"))
def test_each_python_block_runs(code: str, tmp_path: Path) -> None:
    if "import torch" in code:
        pytest.importorskip("torch")
    if "pyspark" in code and shutil.which("java") is None:
        pytest.skip("Apache Spark needs Java, which this machine has not")
    (tmp_path / "example.py").write_text(code)
    pandas = "ignore:PySpark does not yet fully support pandas:FutureWarning"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", pandas, "example.py"],
        cwd=tmp_path,
        env=os.environ | {"HF_HOME": str(tmp_path / "cache"), "JDK_JAVA_OPTIONS": JAVA_OPTIONS},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    # marimo keeps a class of the engine to the end of Python, about which the engine complains; Java tells what it does.
    complaint = (done.stderr.startswith("nanobind: leaked") and "import marimo" in code) or "pyspark" in code
    assert (done.returncode, "" if complaint else done.stderr) == (0, "")
    if "import torch" in code:
        assert done.stdout == "pairs: 651\n"
    else:
        assert done.stdout.count("shape: ") == code.count("print(")
    if ".png" in code:
        with Image.open(tmp_path / "pairs.png") as sheet:
            assert len(sheet.getcolors(1_000_000) or []) > 500  # real images, and not a white sheet


@pytest.mark.parametrize("text", blocks("sql"))
def test_each_sql_block_answers(text: str, db: ImageRewardDB) -> None:
    assert db.sql(text).height > 5


def test_the_table_of_speed_is_what_was_measured() -> None:
    folder = CHECKOUT / "tests" / "benchmarks"
    found = json.loads((folder / "results.json").read_text())
    assert runpy.run_path(str(folder / "tables.py"))["table"](found) in README
    assert found["machine"]["cores"] == 2


def test_the_two_commands_are_those_that_ci_runs() -> None:
    assert len(INSTALLS) == 2
    ci = (CHECKOUT / ".ci" / "run").read_text()
    assert "README.md" in ci
    assert INSTALLS[0].endswith(".venv/bin/irdb report\n")
    assert INSTALLS[1].endswith(".venv/bin/pytest -n auto --dist loadgroup\n")


def test_the_tables_name_every_command_method_view_and_macro() -> None:
    files = catalogs.load()
    for name in irdb.list_commands(click.Context(irdb)):
        assert f"`irdb {name}" in README
    methods = [
        name for module in (questions, statistics) for name, member in vars(module).items() if isfunction(member)
    ]
    for name in (*methods, "image_files"):
        assert name == "overload" or f"`{name}(" in README
    for name in ("with_images", "decode", "download"):
        assert f"{name}(" in README
    for name in files.views:
        assert f"| `{name}` |" in README
    for name in files.macros:
        assert re.search(rf"`{name}[`(]", README), name


def test_the_version_is_written_once_and_in_the_changelog() -> None:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (CHECKOUT / "CHANGELOG.md").read_text()

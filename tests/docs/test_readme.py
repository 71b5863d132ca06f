"""The README is the manual: every block of code in it is run, and its tables name everything there is."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from inspect import isfunction
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from conftest import CHECKOUT
from PIL import Image

from irdb_sql.cli.main import irdb
from irdb_sql.core import catalog as catalogs
from irdb_sql.database import questions, statistics

if TYPE_CHECKING:
    from conftest import RunCli
    from pyspark.sql import SparkSession

    from irdb_sql import ImageRewardDB

README = (CHECKOUT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
INSTALLS = [text for language, text in BLOCKS if language == "sh" and "pip install" in text]


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCKS if kind == language and text not in INSTALLS]


def test_every_language_of_a_block_is_run_by_a_test() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "csv", "python", "sql"}


@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines()])
def test_each_command_works(line: str, tmp_path: Path, run_cli: RunCli) -> None:
    words = list(shlex.shlex(line, posix=True, punctuation_chars=True))
    if words[0] == "irdb" and not any(word[0] in "|&;<>" for word in words):
        code, out, err = run_cli(*shlex.split(line)[1:])
    else:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        code, out, err = start(["/bin/sh", "-c", line], tmp_path, PATH=path)
    assert code == 0, err
    if line in README.partition("```csv")[0]:  # the command whose output is shown
        assert out == blocks("csv")[0]


@pytest.mark.parametrize("code", [code for code in blocks("python") if "pyspark" not in code])
def test_each_python_block_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "import torch" in code:
        pytest.importorskip("torch")
    (tmp_path / "example.py").write_text(code)
    if any(f"import {library}" in code or f"from {library}" in code for library in OF_ITS_OWN):
        command = [sys.executable, "-W", "error", "example.py"]
        code_of_exit, out, err = start(command, tmp_path, HF_HOME=str(tmp_path / "cache"))
        # marimo keeps a class of the engine to the end of Python, which the engine complains of.
        is_complaint = err.startswith("nanobind: leaked") and "import marimo" in code
        assert (code_of_exit, "" if is_complaint else err) == (0, "")
    else:
        monkeypatch.chdir(tmp_path)
        out = run_here(tmp_path / "example.py")
    if "import torch" in code:
        assert out == "pairs: 651\n"
    else:
        assert out.count("shape: ") == code.count("print(")
    if ".png" in code:
        with Image.open(tmp_path / "pairs.png") as sheet:
            assert len(sheet.getcolors(1_000_000) or []) > 500  # real images, and not a white sheet


def test_the_block_of_spark_runs(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = [code for code in blocks("python") if "pyspark" in code]
    assert code.endswith("session.stop()\n")  # which would end the session of all tests
    (tmp_path / "example.py").write_text(code.removesuffix("session.stop()\n"))
    monkeypatch.chdir(tmp_path)
    try:
        assert run_here(tmp_path / "example.py").count("shape: ") == 2
    finally:
        spark.catalog.dropTempView("weights")
        spark.sql("USE default")  # what is registered is in a schema that is the current one from then on


def run_here(script: Path) -> str:
    """Run a script in this process and return its standard output."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(str(script), run_name="__main__")
    return printed.getvalue()


OF_ITS_OWN = ("torch", "marimo", "datasets", "huggingface_hub")
"""Libraries whose examples run in a process of their own, as they read settings when imported, or leave something."""


def start(command: list[str], folder: Path, **env: str) -> tuple[int, str, str]:
    """Run a command and return its exit code, standard output and standard error."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | env, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


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

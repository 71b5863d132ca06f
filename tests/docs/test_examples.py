"""Every block of code in the README and the manual is run: page by page, in order and in one folder, as a reader does."""

from __future__ import annotations

import contextlib
import io
import os
import re
import runpy
import shlex
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from conftest import CHECKOUT
from fakes.hub import FakeHub
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import RunCli
    from pyspark.sql import SparkSession

    from irdb_sql import ImageRewardDB

    Run = Callable[..., tuple[int, str, str]]

PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
SLOW = ("evaluate", "examples", "exports", "reports", "scorers", "sql")
"""Pages whose examples take many seconds."""
OF_ITS_OWN = ("torch", "marimo", "datasets", "download")
"""Words of examples that run in a process of their own, as a library reads settings when imported, or leaves something."""


class Example(NamedTuple):
    """A block of code.

    Attributes:
        language: sh, python or sql.
        code: The code.
        output: What the page shows as its output, or that of its last line; None if it shows none.
    """

    language: str
    code: str
    output: str | None


def examples(page: Path) -> list[Example]:
    """Return the blocks of a page, but for those that install or test the package."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    found: list[Example] = []
    for language, text in blocks:
        if language in ("text", "csv"):
            assert found[-1].output is None, f"{text} stands below no code"
            found[-1] = found[-1]._replace(output=text)
        else:
            assert language in ("sh", "python", "sql"), f"no test runs {language}"
            found.append(Example(language, text, None))
    return [example for example in found if ".venv/bin/" not in example.code]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: ImageRewardDB) -> Iterator[None]:
    """A hub that has the sample under the name of the dataset."""
    paths = [path for path in db.source.folder.rglob("*") if path.is_file()]
    with FakeHub() as server:
        server.publish({path.relative_to(db.source.folder).as_posix(): path.read_bytes() for path in paths})
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / ".hub"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
        yield
        server.shutdown()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.stem, marks=[pytest.mark.slow] if page.stem in SLOW else [])
        for page in PAGES
        if page.stem not in ("spark", "download")
    ],
)
def test_the_examples_work(page: Path, tmp_path: Path, run_cli: RunCli, db: ImageRewardDB) -> None:
    run_examples(examples(page), tmp_path, run_cli, db)


@pytest.mark.slow
@pytest.mark.usefixtures("hub")
def test_the_examples_of_downloads_work(tmp_path: Path, db: ImageRewardDB) -> None:
    def start_command(*args: str | Path) -> tuple[int, str, str]:
        return start([sys.executable, "-m", "irdb_sql", *map(str, args)], tmp_path)

    run_examples(examples(CHECKOUT / "docs/download.md"), tmp_path, start_command, db)


def test_the_examples_of_spark_work(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = examples(CHECKOUT / "docs/spark.md")
    assert example.code.endswith("session.stop()\n")  # which would end the session of all tests
    monkeypatch.chdir(tmp_path)
    try:
        printed = run_here(write(tmp_path, example.code.removesuffix("session.stop()\n")))
        assert printed.count("shape: ") == 2
    finally:
        spark.catalog.dropTempView("weights")
        spark.sql("USE default")  # what is registered is in a schema that is the current one from then on


def test_the_notebooks_are_as_marimo_writes_them() -> None:
    code, out, err = start([sys.executable, "-m", "marimo", "check", "--strict", "examples"], CHECKOUT)
    assert (code, out, err) == (0, "", "")


def run_examples(blocks: list[Example], folder: Path, run_cli: Run, db: ImageRewardDB) -> None:
    """Run the blocks of a page in a folder, and compare their output with what the page shows."""
    (folder / "examples").symlink_to(CHECKOUT / "examples")
    for language, code, output in blocks:
        if language == "sh":
            printed = [run_line(line, folder, run_cli) for line in code.splitlines()][-1]
        elif language == "sql":
            assert db.sql(code).height > 5
            continue
        elif "import torch" in code and not has_module("torch"):
            continue
        else:
            printed = run_python(code, folder)
        if output is not None:
            assert printed == output, code
        elif language == "python":
            assert printed.count("shape: ") == code.count("print("), code
        if 'save("pairs.png")' in code:
            with Image.open(folder / "pairs.png") as sheet:
                assert len(sheet.getcolors(1_000_000) or []) > 500  # real images, and not a white sheet


def run_line(line: str, folder: Path, run_cli: Run) -> str:
    """Run a line of a shell and return its standard output."""
    words = list(shlex.shlex(line, posix=True, punctuation_chars=True))
    if words[:2] == ["irdb", "explore"]:
        return show_pages(words[1:], folder)
    if words[0] == "irdb" and not any(word[0] in "|&;<>" for word in words):
        code, out, err = run_cli(*shlex.split(line)[1:])
    else:
        code, out, err = start(["/bin/sh", "-c", line], folder)
    assert code == 0, f"{line}\n{err}"
    return out


def show_pages(arguments: list[str], folder: Path) -> str:
    """Start `irdb explore`, ask for its first page, and end it."""
    command = [sys.executable, "-m", "irdb_sql", *arguments, "--no-open"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as shown:
        assert shown.stdout is not None
        address = shown.stdout.readline()
        try:
            with urllib.request.urlopen(address.strip(), timeout=60) as page:  # noqa: S310 - of this machine
                assert b"<h1>" in page.read()
        finally:
            shown.terminate()
    return address


def run_python(code: str, folder: Path) -> str:
    """Run Python and return what it prints."""
    script = write(folder, code)
    if not any(word in code for word in OF_ITS_OWN):
        with contextlib.chdir(folder):
            return run_here(script)
    exit_code, out, err = start([sys.executable, "-W", "error", script.name], folder)
    # marimo keeps a class of the engine to the end of Python, which the engine complains of.
    is_complaint = err.startswith("nanobind: leaked") and "import marimo" in code
    is_note = err.startswith("note: ") or not err
    assert exit_code == 0, err
    assert is_complaint or is_note, err
    return out


def write(folder: Path, code: str) -> Path:
    """Write Python to the file that its first line names, `# my_model.py`, or to one of another name."""
    named = re.match(r"# (\w+\.py)\n", code)
    script = folder / (named[1] if named else "example.py")
    script.write_text(code)
    return script


def run_here(script: Path) -> str:
    """Run a script in this process and return its standard output."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        sys.path.insert(0, str(script.parent))
        try:
            runpy.run_path(str(script), run_name="__main__")
        finally:
            sys.path.remove(str(script.parent))
            sys.modules.pop("my_model", None)
    return printed.getvalue()


def has_module(name: str) -> bool:
    """Say whether a library that the tests do not install is there."""
    with contextlib.suppress(ImportError):
        __import__(name)
    return name in sys.modules


def start(command: list[str], folder: Path) -> tuple[int, str, str]:
    """Run a command and return its exit code, standard output and standard error."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr

"""A wheel built from the tree holds everything, and works in an environment that has never seen the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from conftest import CHECKOUT


def tracked(*folders: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", *folders], cwd=CHECKOUT, capture_output=True, text=True, check=True)  # noqa: S607
    return set(listed.stdout.split())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=CHECKOUT, check=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the wheel's content, to stand before everything else on the path."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_holds_every_tracked_file_but_those_of_the_manual_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    queries = {f"irdb_sql/{name}" for name in tracked("queries")}
    assert names == tracked("irdb_sql") - tracked("irdb_sql/manual") | queries


def run(installed: Path, cwd: Path, *args: str) -> tuple[str, str]:
    env = {"PYTHONPATH": str(installed), "HOME": str(cwd), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, *args], env=env, cwd=cwd, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout, done.stderr


def test_the_wheel_works_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = run(
        installed, tmp_path, "-c", "import irdb_sql, irdb_sql.core.catalog as s; print(irdb_sql.__file__, s._folder())"
    )[0]
    assert where.split() == [f"{installed}/irdb_sql/__init__.py", f"{installed}/irdb_sql/queries"]
    out, err = run(installed, tmp_path, "-m", "irdb_sql", "report")
    assert out.startswith("# ImageRewardDB: summary of embedded sample (synthetic)\n")
    assert err == "note: no --data given; this is the embedded sample, which is synthetic\n"
    count = run(
        installed, tmp_path, "-m", "irdb_sql", "sql", "SELECT count(*) AS n FROM preference_pairs()", "--format", "csv"
    )
    assert count[0] == "n\n5236\n"


def test_the_wheel_works_on_the_real_file(installed: Path, tmp_path: Path, real_file: Path) -> None:
    text = "SELECT count(*) AS n FROM preference_pairs(in_split := 'test')"
    out, err = run(installed, tmp_path, "-m", "irdb_sql", "sql", text, "--data", str(real_file), "--format", "csv")
    assert (out, err) == ("n\n6399\n", "")


def test_nobody_imports_spark_who_does_not_ask_for_it() -> None:
    code = (
        "import sys, irdb_sql; irdb_sql.connect().query('totals'); print({'pyspark', 'sqlglot'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("package", ["pyspark", "sqlglot"])
@pytest.mark.parametrize("use", ["irdb_sql.connect(spark=1)", "irdb_sql.spark.register(1)"])
def test_without_the_extra_one_sentence_says_how_to_install_it(package: str, use: str) -> None:
    code = f"""
import sys
sys.modules[{package!r}] = None
import irdb_sql, irdb_sql.spark
try:
    {use}
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.fullmatch(
        rf"the package {package} is not installed\n\nHint: run `.*pip install .*\[spark\]'`\.\n", done.stdout
    )


def test_the_quickstart_works_with_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    page = (CHECKOUT / "docs/quickstart.md").read_text()
    commands = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "irdb").write_text(f'#!/bin/sh\nexec {sys.executable} -m irdb_sql "$@"\n')
    (tmp_path / "irdb").chmod(0o755)
    env = {"PYTHONPATH": str(installed), "HOME": str(tmp_path), "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    command = ["/bin/sh", "-ec", "".join(commands)]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "my_model" in (tmp_path / "report.html").read_text()


USES = {
    "excel": "irdb_sql.cli.main.irdb(['query', 'totals', '-o', 'x.xlsx'], standalone_mode=False)",
    "explore": "db.explore()",
    "hub": "irdb_sql.download('x')",
    "plots": "db.plot(db.query('rank_gaps'))",
    "remote": "irdb_sql.connect('https://example.org/x')",
    "shell": "irdb_sql.cli.main.irdb(['shell'], standalone_mode=False)",
    "spark": "irdb_sql.connect(spark=1)",
}
"""What needs each extra."""


def test_each_extra_is_named_in_the_error_of_what_needs_it(tmp_path: Path) -> None:
    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert USES.keys() == extras.keys() - {"all", "dev", "docs"}
    packages = {re.split("[<>=]", name)[0].replace("-", "_") for extra in USES for name in extras[extra]}
    code = f"""
import sys
sys.modules.update(dict.fromkeys({packages!r}))
import irdb_sql, irdb_sql.cli.main
sys.stdin.isatty = sys.stdout.isatty = lambda: True  # as the shell asks
with irdb_sql.connect() as db:
    for extra, use in {USES!r}.items():
        try:
            eval(use)
        except ImportError as error:
            print(extra, f"[{{extra}}]" in str(error))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [word for extra in USES for word in (extra, "True")]

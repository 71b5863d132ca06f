"""Fixtures: datasets, databases over them, and the command line as a user starts it."""

from __future__ import annotations

import importlib
import io
import os
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl
import pytest
from hypothesis import settings
from oracles.engines import Both

import irdb_sql
from irdb_sql.cli import main
from irdb_sql.core.schema import PUBLISHED, SPLITS, TEXT
from irdb_sql.sources.sample.dataset import SUBSETS, make_split, write_sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Browser
    from pyspark.sql import SparkSession

    from irdb_sql import ImageRewardDB

Row = dict[str, Any]
CHECKOUT = Path(__file__).parent.parent
_REAL = CHECKOUT.parent / "shared" / "data" / "imagereward-test.json"
JAVA_OPTIONS = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # many small statements, which end before they are compiled well
)
SCHEMA = {name: pl.String if kinds is TEXT else pl.Int32 for name, kinds in PUBLISHED.items()}

settings.register_profile("irdb_sql", deadline=None)  # a machine may be busy
settings.load_profile("irdb_sql")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker have all tests of a file, or of Spark, as they share what takes long to make; mark what is slow."""
    tests_in = Counter(item.path for item in items)
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if _SLOW & {*fixtures} and item.get_closest_marker("full_spark") is None:
            item.add_marker("slow")
        item.add_marker(pytest.mark.xdist_group("spark" if "spark" in fixtures else item.nodeid.partition("::")[0]))
    # What takes longest begins, so that no worker ends long after the other.
    items.sort(key=lambda item: ("spark" not in getattr(item, "fixturenames", ()), -tests_in[item.path]))


_SLOW = {"spark", "browser", "copy", "installed"}
"""Fixtures that start a browser or Spark, or make an installation of their own."""


def write_metadata(folder: Path, rows: Iterable[Row]) -> Path:
    """Write rows as published metadata, one file a split, also where a split is empty."""
    rows = list(rows)
    for split in SPLITS:
        of_split = [{name: row[name] for name in PUBLISHED} for row in rows if row["split"] == split]
        pl.DataFrame(of_split, schema=SCHEMA).write_parquet(folder / f"metadata-{split}.parquet")
    return folder


def image(prompt_id: str, name: str, rank: int | None, *ratings: int | None, split: str = "test", **more: Any) -> Row:
    """Make a metadata row with ratings in the order overall, alignment, fidelity."""
    overall, alignment, fidelity = (*ratings, None, None, None)[:3]
    row = {
        "image_path": f"images/{split}/{split}_1/{name}.webp",
        "prompt_id": prompt_id,
        "prompt": f"text of {prompt_id}",
        "classification": "People",
        "image_amount_in_total": 4,
        "rank": rank,
        "overall_rating": overall,
        "image_text_alignment_rating": alignment,
        "fidelity_rating": fidelity,
        "split": split,
    }
    return row | more


def uncovered() -> dict[str, str]:
    """Return the environment for a process whose coverage is not measured: its tracer meets interrupts and limits."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COV")}


class RunCli(Protocol):
    """Runs `irdb` and returns its exit code, standard output and standard error."""

    def __call__(
        self, *args: str | Path, stdin: str = "", env: dict[str, str] | None = None
    ) -> tuple[int, str, str]: ...


@pytest.fixture
def run_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunCli:
    """Run `irdb` in this process, in the folder `tmp_path`: as `start_cli`, but without waiting for imports."""

    def run(*args: str | Path, stdin: str = "", env: dict[str, str] | None = None) -> tuple[int, str, str]:
        streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8") for name in ("stdout", "stderr")}
        with monkeypatch.context() as patch, warnings.catch_warnings():
            warnings.simplefilter("default")
            patch.chdir(tmp_path)
            patch.delenv("IRDB_DATA", raising=False)
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["irdb", *map(str, args)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            code = main.run()
        for stream in streams.values():
            stream.flush()
        out, err = (stream.buffer.getvalue().decode() for stream in streams.values())
        return code, out, err

    return run


@pytest.fixture
def start_cli(tmp_path: Path) -> RunCli:
    """Start `irdb` as a user does, in a process of its own."""

    def run(*args: str | Path, stdin: str = "", env: dict[str, str] | None = None) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "irdb_sql", *map(str, args)],
            input=stdin.encode(),
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name != "IRDB_DATA"} | (env or {}),
            timeout=120,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


@pytest.fixture(scope="session")
def db() -> Iterator[ImageRewardDB]:
    """The embedded sample."""
    with irdb_sql.connect() as database:
        yield database


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; where CI lacks it, its tests fail."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None and "CI" not in os.environ:
        pytest.skip("no Chromium is installed here")
    sync_api = importlib.import_module("playwright.sync_api")  # which most tests need not wait for
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def real_file() -> Path:
    """The published ranking file of the test split, where this machine has it."""
    if not _REAL.is_file():
        pytest.skip("the published ranking file is not on this machine")
    return _REAL


@pytest.fixture(scope="session")
def large_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole 8k sample, without images."""
    folder = tmp_path_factory.mktemp("large") / "8k"
    write_sample(folder, SUBSETS["8k"])
    return folder


@pytest.fixture(scope="session")
def large_rows() -> list[Row]:
    """The rows of `large_sample`."""
    return [
        row | {"split": split}
        for split, shape in SUBSETS["8k"].items()
        for part in make_split(split, shape, seed=0)
        for row in part
    ]


@pytest.fixture(scope="session")
def spark(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A session of Apache Spark: in one process, which is fast, or for `-m full_spark` on a cluster of two executors."""
    if shutil.which("java") is None:
        pytest.skip("Apache Spark needs Java, which this machine has not")
    from pyspark.sql import SparkSession  # noqa: PLC0415 - takes a second

    folder = tmp_path_factory.mktemp("spark")
    is_full = request.config.option.markexpr == "full_spark"
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]" if is_full else "local[2]")
        # To compile what runs once, on few rows, takes longer than to run it.
        .config("spark.sql.codegen.wholeStage", str(is_full).lower())
        .config("spark.sql.codegen.factoryMode", "FALLBACK" if is_full else "NO_CODEGEN")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "OFF")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={folder} {JAVA_OPTIONS}")
        .config("spark.executor.extraJavaOptions", JAVA_OPTIONS)
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="session")
def on_both(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The embedded sample, which DuckDB and Apache Spark have opened."""
    with irdb_sql.connect() as db:
        folder = tmp_path_factory.mktemp("sample") / "data"
        shutil.copytree(db.source.folder, folder, ignore=shutil.ignore_patterns("images"))
    both = Both(spark, folder)
    yield both
    both.close()

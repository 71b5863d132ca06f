"""The DuckDB file of views and macros answers the same in DuckDB's own command line 1.5 and in Python, from any folder."""

from __future__ import annotations

import io
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest
from conftest import image, write_metadata

import irdb_sql
from irdb_sql import errors
from irdb_sql.core import catalog
from irdb_sql.engine import catalog_file
from irdb_sql.sources.sample.dataset import SplitShape, write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import RunCli

    from irdb_sql import ImageRewardDB

CLI = Path(sys.executable).with_name("duckdb")
QUERIES = catalog.load().queries


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, db: ImageRewardDB) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("catalogs")
    db.write_catalog(folder / "paths.duckdb")
    db.write_catalog(folder / "copy.duckdb", copy=True)
    return {"paths": folder / "paths.duckdb", "copy": folder / "copy.duckdb"}


COPIED = ("audit", "images", "metrics", "pair_counts", "pairs", "rating_stats", "reproduction", "totals")
"""Queries that a file with the rows of the data is asked, too; it has the same macros as one with paths."""
ASKED = {"paths": tuple(name for name in QUERIES if name != "image_files"), "copy": COPIED}  # Python lists images


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageRewardDB]:
    """Some prompts of each split: the other version takes up to 14 s for one question about the whole sample."""
    folder = tmp_path_factory.mktemp("few") / "data"
    write_sample(folder, {name: SplitShape((6, 6), 0.7) for name in ("train", "validation", "test")})
    with irdb_sql.connect(folder) as opened:
        opened.write_catalog(folder / "paths.duckdb")
        opened.write_catalog(folder / "copy.duckdb", copy=True)
        yield opened


@pytest.fixture(scope="module")
def expected(few: ImageRewardDB) -> dict[str, pl.DataFrame]:
    """The rows of each query."""
    return {name: few.query(name) for name in ASKED["paths"]}


@pytest.fixture(scope="module")
def of_cli(few: ImageRewardDB, expected: dict[str, pl.DataFrame]) -> dict[tuple[str, str], dict[str, Any]]:
    """What the other version counts and sums of each query's rows, by the kind of file and the query."""
    found = {}
    for kind, names in ASKED.items():
        text = "; ".join(summing(name, expected[name]) for name in names)
        for line in run_duckdb_cli_for_text(few.source.folder / f"{kind}.duckdb", text, few.source.folder).splitlines():
            (row,) = json.loads(line)
            found[kind, row["query_name"]] = row
    return found


def summing(name: str, rows: pl.DataFrame) -> str:
    """Return the statement that counts the rows of a query, and sums each column of numbers."""
    text = QUERIES[name].text
    for param in QUERIES[name].params:
        text = text.replace(f"${param}", "NULL")
    sums = "".join(f", sum({column}) AS {column}" for column in summed_columns(rows))
    return f"SELECT '{name}' AS query_name, count(*) AS number_of_rows{sums} FROM ({text})"  # noqa: S608 - ours


def summed_columns(rows: pl.DataFrame) -> list[str]:
    return [column for column, kind in rows.schema.items() if kind.is_numeric()] if rows.width < 20 else []


def run_duckdb_cli_for_text(file: Path, text: str, cwd: Path, *settings: str) -> str:
    """Run SQL in DuckDB's own command line and return the rows of each statement, as JSON."""
    return subprocess.run(
        [CLI, "-readonly", "-json", file],
        input=f"{'; '.join([*settings, text])};",
        capture_output=True,
        text=True,
        check=True,
        cwd=cwd,
    ).stdout


def run_duckdb_cli(file: Path, text: str, cwd: Path, *settings: str) -> pl.DataFrame:
    """Run SQL in DuckDB's own command line and return the rows of its last statement."""
    answer = run_duckdb_cli_for_text(file, text, cwd, *settings)
    return pl.read_json(io.BytesIO(answer.encode())) if answer.strip() not in ("", "[]", "[{]") else pl.DataFrame()


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in ASKED.items() for name in names])
def test_every_named_query_returns_the_same_in_another_duckdb_version(
    expected: dict[str, pl.DataFrame], of_cli: dict[tuple[str, str], dict[str, Any]], kind: str, name: str
) -> None:
    found, rows = of_cli[kind, name], expected[name]
    assert found["number_of_rows"] == rows.height
    for column in summed_columns(rows) if rows.height else ():
        assert float(found[column] or 0) == pytest.approx(float(rows[column].sum() or 0), rel=1e-9)


def test_python_reads_the_file_from_another_folder_with_comments(files: dict[str, Path], db: ImageRewardDB) -> None:
    for file in files.values():
        with duckdb.connect(file, read_only=True) as connection:
            pairs = connection.sql("FROM preference_pairs() ORDER BY better_row, worse_row").pl()
            assert pairs.equals(db.pairs())
            functions = connection.sql(
                "SELECT count(*) FROM duckdb_functions() WHERE NOT internal AND comment IS NOT NULL"
            )
            views = connection.sql("SELECT count(*) FROM duckdb_views() WHERE NOT internal AND comment IS NOT NULL")
            kinds = db.catalog()["kind"]
            assert [functions.fetchall()[0][0], views.fetchall()[0][0]] == [
                (kinds == "macro").sum(),
                (kinds == "view").sum(),
            ]


def test_a_copy_names_no_path_and_needs_no_other_file(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    write_metadata(folder, [image("p", "a", 1), image("p", "b", 2)])
    with irdb_sql.connect(folder) as db:
        db.write_catalog(tmp_path / "copy.duckdb", copy=True)
        db.write_catalog(tmp_path / "paths.duckdb")
    shutil.rmtree(folder)
    assert (
        run_duckdb_cli(tmp_path / "copy.duckdb", "SELECT strict_pairs AS n FROM pair_counts()", tmp_path)["n"].item()
        == 1
    )
    assert str(folder).encode() not in (tmp_path / "copy.duckdb").read_bytes()
    with pytest.raises(subprocess.CalledProcessError):
        run_duckdb_cli(tmp_path / "paths.duckdb", "FROM pair_counts()", tmp_path)


def test_relative_files_move_together(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "it's [x]"
    folder.mkdir(parents=True)
    write_metadata(folder, [image("p", "a", 1), image("p", "b", 2)])
    with irdb_sql.connect(folder) as db:
        db.write_catalog(tmp_path / "a" / "irdb.duckdb", relative=True)
    moved_folder = (tmp_path / "a").rename(tmp_path / "b")
    text = "SELECT strict_pairs AS n FROM pair_counts()"
    assert run_duckdb_cli(moved_folder / "irdb.duckdb", text, moved_folder)["n"].item() == 1
    assert (
        run_duckdb_cli(moved_folder / "irdb.duckdb", text, tmp_path, f"SET file_search_path = '{moved_folder}'")[
            "n"
        ].item()
        == 1
    )


def test_scores_tables_and_ranking_files_are_in_the_file(tmp_path: Path) -> None:
    ranking = tmp_path / "r.json"
    ranking.write_text('[{"id": "p", "prompt": "t", "generations": ["a", "b"], "ranking": [2, 1]}]')
    with irdb_sql.connect(ranking, scores=pl.DataFrame({"image": ["a", "b"], "mine": [1, 2]})) as db:
        db.register("own", pl.DataFrame({"x": [5]}))
        db.write_catalog(tmp_path / "r.duckdb")
    ranking.unlink()
    text = "SELECT score_sign, x FROM scored_pairs(), own"
    assert run_duckdb_cli(tmp_path / "r.duckdb", text, tmp_path).rows() == [(1, 5)]


def test_the_command_writes_the_file_atomically(run_cli: RunCli, tmp_path: Path) -> None:
    target = tmp_path / "x.duckdb"
    target.write_text("old")
    code, out, err = run_cli("catalog", target)
    assert (code, out) == (0, "")
    assert err.endswith(f"note: wrote views and macros to {target}; DuckDB 1.4 and newer open it\n")
    assert run_duckdb_cli(target, "SELECT count(*) AS n FROM preference_pairs()", tmp_path)["n"].item() == 5236
    assert [path.name for path in tmp_path.iterdir()] == ["x.duckdb"]
    code, out, err = run_cli("catalog", tmp_path / "no" / "x.duckdb")
    assert (code, out) == (1, "")
    assert "no/x.duckdb" in err


def test_a_failure_leaves_the_old_file(db: ImageRewardDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "x.duckdb"
    target.write_text("old")

    def fail(*_args: Any, **_options: Any) -> None:
        raise duckdb.IOException("disk full")

    monkeypatch.setattr("irdb_sql.engine.catalog_file.make_base_view", fail)
    with pytest.raises(errors.UnwritableError, match="disk full"):
        db.write_catalog(target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.duckdb"]


def test_ctrl_c_stops_the_writing_and_leaves_nothing(
    db: ImageRewardDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def define_for_ever(connection: duckdb.DuckDBPyConnection, *_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)
        connection.execute("SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b")

    monkeypatch.setattr(catalog_file, "_define_all", define_for_ever)
    with pytest.raises(KeyboardInterrupt):
        db.write_catalog(tmp_path / "x.duckdb")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("copy", [False, True])
def test_a_file_of_data_with_votes_has_them(tmp_path: Path, *, copy: bool) -> None:
    (tmp_path / "labels.csv").write_text("prompt,first,second,label\np,a.png,b.png,A\nq,c.png,d.png,tie\n")
    with irdb_sql.connect(tmp_path / "labels.csv") as db:
        db.write_catalog(tmp_path / "votes.duckdb", copy=copy)
    (tmp_path / "labels.csv").unlink()  # rows of files with votes are copied in any case
    with duckdb.connect(tmp_path / "votes.duckdb", read_only=True) as connection:
        assert connection.sql("SELECT pairs, tied_pairs FROM pair_counts()").fetchall() == [(2, 1)]
        assert connection.sql("SELECT count(*) FROM votes").fetchall() == [(2,)]
        assert connection.sql("SELECT profile FROM audit_profile").fetchall() == [("votes",)]

"""Pairs expanded from files in the published layout equal those of the macro; for other files the macro runs."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from conftest import image, write_metadata
from fakes.strategies import Row, datasets
from hypothesis import given, settings
from hypothesis import strategies as st

import irdb_sql
from irdb_sql.core.thread_pool import in_order
from irdb_sql.engine.errors import ClosedError, OtherLayoutError
from irdb_sql.engine.statement import DuckDBStatement
from irdb_sql.pairs import batches
from irdb_sql.pairs import expand as pair_frames
from irdb_sql.pairs.expand import SCHEMA, PairChoice, expand_pairs
from irdb_sql.pairs.reader import FileRows, PublishedFiles, PublishedRows
from irdb_sql.sources.errors import BrokenFileError, ChangedFileError
from irdb_sql.sources.local import OpenedFile, metadata_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from irdb_sql import ImageRewardDB

MACRO = "SELECT * FROM preference_pairs($split, $subset, $ties, $gap) ORDER BY better_row, worse_row"
choices = st.builds(
    PairChoice,
    split=st.sampled_from([None, "train", "validation", "test"]),
    subset=st.sampled_from([None, "1k", "4k", "8k"]),
    keep_ties=st.booleans(),
    min_rank_gap=st.sampled_from([1, 2, 4, 200]),
)


def list_files(db: ImageRewardDB) -> list[OpenedFile]:
    files: list[OpenedFile] = []
    first_row = 0
    for file in db.source.files:
        files.append(OpenedFile(file, first_row, 0))
        first_row += pl.read_parquet(file.path).height
    return files


def macro_pairs(db: ImageRewardDB, choice: PairChoice) -> pl.DataFrame:
    params = {"split": choice.split, "subset": choice.subset, "ties": choice.keep_ties, "gap": choice.min_rank_gap}
    return db.sql(MACRO, params)


def expanded_pairs(
    db: ImageRewardDB, choice: PairChoice, columns: list[str] | None = None, *, whole: bool
) -> pl.DataFrame:
    schema = SCHEMA if columns is None else {name: SCHEMA[name] for name in columns}
    return pl.concat(
        [pl.DataFrame(schema=schema), *expand_pairs(PublishedFiles(list_files(db)), choice, columns, whole=whole)],
        rechunk=False,
    )


@pytest.fixture
def duckdb_statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the text of each statement that DuckDB runs from now on."""
    texts: list[str] = []
    relation = DuckDBStatement._relation  # noqa: SLF001 - where each statement of DuckDB passes

    def spy(self: DuckDBStatement, duck: Any) -> Any:
        texts.append(self._text)
        return relation(self, duck)

    monkeypatch.setattr(DuckDBStatement, "_relation", spy)
    return texts


@settings(max_examples=10)
@given(
    rows=datasets(published=True),
    choice=choices,
    columns=st.lists(st.sampled_from(list(SCHEMA)), unique=True),
    batch=st.integers(1, 5),
)
def test_expanded_pairs_equal_the_macro(rows: list[Row], choice: PairChoice, columns: list[str], batch: int) -> None:
    with tempfile.TemporaryDirectory() as folder, irdb_sql.connect(write_metadata(Path(folder), rows)) as db:
        expected = macro_pairs(db, choice)
        assert expected.schema == SCHEMA
        for whole in (True, False):
            assert expanded_pairs(db, choice, whole=whole).equals(expected)
            if columns:
                assert expanded_pairs(db, choice, columns, whole=whole).equals(expected.select(columns))
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(pair_frames, "_CELLS", 1)  # a prompt at a time
                patch.setattr(batches, "BATCH_ROWS", batch)
                assert expanded_pairs(db, choice, whole=whole).equals(expected)


@settings(max_examples=10)
@given(rows=datasets(), choice=choices, whole=st.booleans())
def test_files_in_any_order_are_expanded_correctly_or_not_at_all(
    rows: list[Row], choice: PairChoice, *, whole: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder, irdb_sql.connect(write_metadata(Path(folder), rows)) as db:
        expected = macro_pairs(db, choice)
        params = {"split": choice.split, "subset": choice.subset, "keep_ties": choice.keep_ties}
        assert db.query("pairs", params, min_rank_gap=choice.min_rank_gap).equals(expected)
        assert db.query("pairs", params, min_rank_gap=choice.min_rank_gap, lazy=True).collect().equals(expected)
        with contextlib.suppress(OtherLayoutError):
            assert expanded_pairs(db, choice, whole=whole).equals(expected)


@pytest.mark.parametrize("split", [None, "train", "test"])
@pytest.mark.parametrize("cells", [1 << 22, 1 << 16])
def test_a_whole_8k_sample_is_expanded_without_duckdb(
    large_sample: Path, duckdb_statements: list[str], monkeypatch: pytest.MonkeyPatch, split: Any, cells: int
) -> None:
    monkeypatch.setattr(pair_frames, "_CELLS", cells)  # at once, and by threads
    with irdb_sql.connect(large_sample) as db:
        for choice in (
            PairChoice(split),
            PairChoice(split, keep_ties=True),
            PairChoice(split, min_rank_gap=3),
            PairChoice(split, "2k"),
        ):
            params = vars(choice)
            eager = db.query("pairs", params)
            assert db.query("pairs", params, lazy=True).collect().equals(eager)
            assert duckdb_statements == []
            assert eager.equals(macro_pairs(db, choice))
            duckdb_statements.clear()


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_lazy_plans_return_the_rows_of_eager_plans_without_duckdb(duckdb_statements: list[str], engine: Any) -> None:
    with irdb_sql.connect() as db:
        eager = db.pairs()
        lazy = db.pairs(lazy=True)
        plans: list[Callable[[Any], Any]] = [
            lambda pairs: pairs.select("rank_gap"),
            lambda pairs: pairs.select(pl.len()),
            lambda pairs: pairs.head(3),
            lambda pairs: pairs.head(0),
            lambda pairs: pairs.head(300).filter(pl.col("rank_gap") == 4),
            lambda pairs: pairs.filter(pl.col("rank_gap") == 4).select("worse_path", "split"),
            lambda pairs: pairs.filter(pl.col("rank_gap") == 4).head(5),
            lambda pairs: pairs.slice(100, 10),
            lambda pairs: pairs.tail(2),
            lambda pairs: pairs.join(pairs, on=["better_row", "worse_row"]).select(pl.len()),
        ]
        for plan in plans:
            assert plan(lazy).collect(engine=engine).equals(plan(eager))
        assert duckdb_statements == []


def make_rows(count: int = 3, prompt_id: str = "p", **more: Any) -> list[Row]:
    return [image(prompt_id, f"{prompt_id}{n}", n % 5 + 1, n % 7 + 1, **more) for n in range(count)]


def make_scattered_rows() -> list[Row]:
    return [*make_rows(2), *make_rows(2, "q"), image("p", "late", 5)]


def alter_metadata(folder: Path, change: Callable[[pl.DataFrame], pl.DataFrame], rows: list[Row] | None = None) -> Path:
    write_metadata(folder, make_rows() if rows is None else rows)
    path = folder / "metadata-test.parquet"
    change(pl.read_parquet(path)).write_parquet(path)
    return folder


NOT_PUBLISHED: dict[str, Callable[[Path], Any]] = {
    "a prompt in two places": lambda folder: write_metadata(folder, make_scattered_rows()),
    "a row without a path": lambda folder: write_metadata(folder, [*make_rows(), image("p", "x", 5, image_path=None)]),
    "a row without an id": lambda folder: write_metadata(folder, [*make_rows(), image(None, "x", 5)]),  # type: ignore[arg-type]
    "ranks as floats": lambda folder: alter_metadata(folder, lambda f: f.with_columns(pl.col("rank").cast(pl.Float64))),
    "texts as categories": lambda folder: alter_metadata(folder, lambda f: f.cast({"classification": pl.Categorical})),
    "columns in capitals": lambda folder: alter_metadata(folder, lambda f: f.rename(str.upper)),
    "a folder without a part": lambda folder: write_metadata(folder, make_rows(image_path="images/test/a/b.webp")),
    "a part that is no number": lambda folder: write_metadata(folder, make_rows(image_path="images/test/t_x/b.webp")),
    "a part with a sign": lambda folder: write_metadata(folder, make_rows(image_path="images/test/t_+7/b.webp")),
    "no folder": lambda folder: write_metadata(folder, make_rows(image_path="b.webp")),
    "a prompt of many images": lambda folder: write_metadata(folder, make_rows(65)),
    "a file whose rows tell their split": lambda folder: (
        alter_metadata(folder, lambda f: f) / "metadata-test.parquet"
    ).rename(folder / "some.parquet"),
    "two files of a split": lambda folder: [
        *(write_metadata(folder, make_rows()) / f"metadata-{split}.parquet" for split in ("train", "test")),
        (alter_metadata(folder / "more", lambda f: f, make_rows(3, "q")) / "metadata-test.parquet"),
    ],
}


@pytest.mark.parametrize("kind", NOT_PUBLISHED)
def test_the_query_reads_files_in_other_layouts(tmp_path: Path, kind: str, duckdb_statements: list[str]) -> None:
    (tmp_path / "more").mkdir()
    with irdb_sql.connect(NOT_PUBLISHED[kind](tmp_path)) as db:
        for whole in (True, False):
            with pytest.raises(OtherLayoutError):
                list(expand_pairs(PublishedFiles(list_files(db)), PairChoice(), whole=whole))
        eager = db.pairs(keep_ties=True)
        assert duckdb_statements
        assert eager.equals(macro_pairs(db, PairChoice(keep_ties=True)))
        assert eager.height > 0
        assert db.pairs(keep_ties=True, lazy=True).collect().equals(eager)


def test_a_prompt_of_64_images_is_expanded(tmp_path: Path) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [*make_rows(64), *make_rows(1, "q"), *make_rows(2, "r")])) as db:
        for ties in (True, False):
            choice = PairChoice(keep_ties=ties)
            assert expanded_pairs(db, choice, whole=True).equals(macro_pairs(db, choice))
            assert expanded_pairs(db, choice, whole=False).equals(macro_pairs(db, choice))


def test_the_query_reads_a_ranking_file(tmp_path: Path) -> None:
    path = tmp_path / "ranking.json"
    path.write_text('[{"id": "1", "prompt": "a", "generations": ["a.webp", "b.webp"], "ranking": [2, 1]}]')
    with irdb_sql.connect(path) as db:
        assert db.pairs()["better_path"].to_list() == ["b.webp"]


def test_left_out_images_are_in_no_pair(db: ImageRewardDB, tmp_path: Path) -> None:
    is_third = pl.int_range(pl.len()) % 3 == 0
    path = tmp_path / "verified.parquet"
    files = db.image_files(verify=True)
    files.with_columns(status=pl.when(is_third).then(pl.lit("missing")).otherwise("status")).write_parquet(path)
    with irdb_sql.connect(images=path) as verified_db:
        assert verified_db.pairs().equals(macro_pairs(verified_db, PairChoice()))
        assert 0 < verified_db.pairs().height < db.pairs().height


def test_pairs_follow_a_changed_view() -> None:
    text = "CREATE OR REPLACE VIEW images AS SELECT * FROM images_before WHERE rank < 3"
    with irdb_sql.connect() as db:
        before = db.pairs().height
        with db.connection() as connection:
            connection.execute(
                "CREATE VIEW images_before AS SELECT * FROM metadata, (SELECT NULL::SMALLINT AS part, '' AS image_id)"
            )
            connection.execute(text)
        assert 0 < db.pairs().height < before
    with irdb_sql.connect(trusted=True) as db:
        db.sql("CREATE OR REPLACE MACRO preference_pairs(a, b, c, d) AS TABLE SELECT 1 AS better_row, 2 AS worse_row")
        assert db.pairs().rows() == [(1, 2)]


def test_the_query_converts_values_of_other_types(db: ImageRewardDB) -> None:
    assert db.query("pairs", min_rank_gap="2").equals(db.pairs(min_rank_gap=2))
    assert db.query("pairs", keep_ties="true").equals(db.pairs(keep_ties=True))
    for gap in (2.5, 2**31, -(10**30)):
        with pytest.raises(irdb_sql.IrdbError, match="min_rank_gap"):
            db.query("pairs", min_rank_gap=gap)


def test_pairs_are_those_of_the_opened_files_in_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, count in (("one", 3), ("other", 4)):
        (tmp_path / name / "data").mkdir(parents=True)
        write_metadata(tmp_path / name / "data", make_rows(count))
        (tmp_path / name / "~").mkdir()
        write_metadata(tmp_path / name / "~", make_rows(count + 2))
    monkeypatch.setenv("HOME", str(tmp_path / "other" / "data"))
    monkeypatch.chdir(tmp_path / "one")
    with irdb_sql.connect("data") as db, irdb_sql.connect("./~") as home:
        monkeypatch.chdir(tmp_path / "other")
        for one, height in ((db, 3), (home, 10)):
            assert one.pairs().height == one.pairs(lazy=True).collect().height == height
            assert one.pairs().equals(macro_pairs(one, PairChoice()))


def test_the_query_reads_a_file_that_has_grown(tmp_path: Path) -> None:
    rows = [*make_rows(3, split="train"), *make_rows(3, "q")]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        assert db.pairs().equals(macro_pairs(db, PairChoice()))
        write_metadata(tmp_path, [*make_rows(5, split="train"), *make_rows(3, "q")])
        # Numbers of rows are those of the files that were opened, and some now stand twice.
        assert db.pairs().sort(pl.all()).equals(macro_pairs(db, PairChoice()).sort(pl.all()))
        assert db.pairs(split="test", lazy=True).collect().equals(macro_pairs(db, PairChoice("test")))


@pytest.mark.parametrize("limits", [{"timeout": 60}, {"threads": 1}, {"memory_limit": "1GB"}, {"memory_limit": "2GB"}])
def test_the_query_runs_where_limits_are_set(duckdb_statements: list[str], limits: Any) -> None:
    with irdb_sql.connect(**limits) as db:
        pairs = db.pairs()
        assert pairs.equals(db.pairs(lazy=True).collect())
        assert (duckdb_statements == []) == (limits == {"memory_limit": "2GB"})


def test_ctrl_c_is_raised_once_and_stops_the_expansion(large_sample: Path) -> None:
    code = (
        "import os, signal, sys, threading, time, irdb_sql\n"
        "db = irdb_sql.connect(sys.argv[1])\n"
        "db.pairs()\n"  # an import that is interrupted half-way is no longer of use
        "caught = 0\n"
        "for delay in range(20):\n"
        "    timer = threading.Timer(delay / 1000, os.kill, (os.getpid(), signal.SIGINT))\n"
        "    try:\n"
        "        timer.start()\n"
        "        while True: db.pairs()\n"
        "    except KeyboardInterrupt:\n"
        "        caught += 1\n"
        "        timer.join()\n"
        "        time.sleep(0.02)\n"
        "print(caught, db.pairs(split='test').height > 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, large_sample], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "20 True\n", "")


def test_a_closed_database_expands_nothing() -> None:
    db = irdb_sql.connect()
    lazy = db.pairs(lazy=True)
    db.close()
    with pytest.raises(ClosedError):
        db.pairs()
    with pytest.raises(ClosedError):
        lazy.collect()


def test_an_error_names_a_file_that_was_replaced(tmp_path: Path) -> None:
    write_metadata(tmp_path, make_rows())
    with irdb_sql.connect(tmp_path) as db:
        lazy = db.pairs(lazy=True)
        (tmp_path / "metadata-test.parquet").write_bytes(b"PAR1 no more PAR1")
        with pytest.raises(irdb_sql.IrdbError, match="metadata-test"):
            db.pairs()
        with pytest.raises(irdb_sql.IrdbError, match="metadata-test"):
            lazy.collect()


def test_an_error_names_a_file_that_changes_while_it_is_read(large_sample: Path, tmp_path: Path) -> None:
    for file in large_sample.glob("*.parquet"):
        shutil.copy(file, tmp_path)
    with irdb_sql.connect(tmp_path) as db, pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BATCH_ROWS", 10_000)
        patch.setattr(pair_frames, "_CELLS", 10_000)
        pairs = expand_pairs(PublishedFiles(list_files(db)), PairChoice("train"), whole=False)
        assert next(pairs).height > 0
        shutil.copy(large_sample / "metadata-train.parquet", tmp_path)
        with pytest.raises(ChangedFileError, match="metadata-train.*has changed since the database was opened"):
            list(pairs)


def test_an_error_names_a_file_with_a_broken_row(tmp_path: Path) -> None:
    path = tmp_path / "broken.parquet"
    path.touch()
    opened = OpenedFile(metadata_file(path, "test"), 0, 0)
    broken = pl.LazyFrame({"rank": ["1", "x"]}).with_columns(pl.col("rank").cast(pl.Int8))
    rows = FileRows(opened, broken, np.array([2]))
    with pytest.raises(BrokenFileError, match=r"broken\.parquet"):
        list(PublishedRows([rows], rows.sizes, 0).prompts(100))
    path.write_text("another file")  # which is why it cannot be read
    with pytest.raises(ChangedFileError, match=r"broken\.parquet.* has changed since the database was opened"):
        list(PublishedRows([rows], rows.sizes, 0).prompts(100))


def test_tasks_return_values_and_errors_in_order() -> None:
    started: list[int] = []

    def task(number: int) -> Callable[[], int]:
        def work() -> int:
            started.append(number)
            if number == 50:
                raise ValueError(number)
            return number

        return work

    def tasks() -> Iterator[Callable[[], int]]:
        yield from map(task, range(10_000))

    assert list(in_order([], 4)) == []
    assert list(in_order([threading.current_thread], 4)) == [threading.current_thread()]
    values = in_order(tasks(), 4)
    assert [next(values) for _ in range(50)] == list(range(50))
    with pytest.raises(ValueError, match="50"):
        next(values)
    assert max(started) < 60

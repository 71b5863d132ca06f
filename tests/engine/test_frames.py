"""How rows leave the engine as frames: what a frame cannot hold, failures amid rows, and what is not imported."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import polars as pl
import pytest

from irdb_sql import ImageRewardDB
from irdb_sql.engine.errors import FrameValueError, QueryError
from irdb_sql.engine.frames import arrow_stream


@pytest.mark.parametrize(
    "value",
    [
        "'infinity'::DATE",
        "'-infinity'::TIMESTAMP",
        "'infinity'::TIMESTAMPTZ",
        "TIMESTAMP '294000-01-01'",
        "DATE '262143-01-01'",
    ],
)
@pytest.mark.parametrize("isolated", [False, True])
def test_a_date_that_polars_would_panic_about_is_refused_by_name(db: ImageRewardDB, value: str, isolated: bool) -> None:  # noqa: FBT001
    with pytest.raises(
        FrameValueError, match="column 'd' holds infinity, or a date outside the years -262143 to 262142"
    ):
        db.sql(f"SELECT 1 AS a, {value} AS d", isolated=isolated)


@pytest.mark.parametrize(
    "value", ["DATE '262142-12-31'", "DATE '262144-01-01 (BC)'", "TIMESTAMP '262142-12-31 23:59:59.9'", "NULL::DATE"]
)
def test_the_farthest_dates_that_polars_shows_are_accepted(db: ImageRewardDB, value: str) -> None:
    assert "d" in str(db.sql(f"SELECT {value} AS d"))


def test_a_failure_after_the_first_rows_keeps_the_engines_message(db: ImageRewardDB) -> None:
    late = "(SELECT CASE WHEN i = 1999999 THEN 'x' ELSE '1' END::INT AS n FROM range(2000000) AS r (i))"
    for text in ("FROM " + late, f"SELECT n, n FROM {late}"):  # noqa: S608 - a constant
        with pytest.raises(QueryError, match="^Conversion Error: Could not convert string 'x' to INT32"):
            db.sql(text)
    assert db.sql("SELECT 1").item() == 1


def test_small_statements_import_neither_arrows_library_nor_numpy() -> None:
    text = """
import sys, irdb_sql
with irdb_sql.connect() as db:
    assert db.sql("SELECT count(*) FROM preference_pairs(in_split := 'test')").item() == 651
print([name for name in ("pyarrow", "numpy", "pandas", "jinja2", "PIL", "platformdirs") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("['platformdirs']\n", "")


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"n": [None, None]}),
        pl.DataFrame({"n": [[None], None, []]}),
        pl.DataFrame(
            {"n": [1, None], "t": ["a", None], "l": [[1], None], "s": [{"x": None}, None], "b": [b"\0", None]}
        ),
        pl.DataFrame({"n": ["a", "b", "a"]}).cast(pl.Categorical),
        pl.DataFrame(schema={"n": pl.Int8, "s": pl.String}),
    ],
)
def test_frames_reach_the_engine_whole(frame: pl.DataFrame) -> None:
    with duckdb.connect() as connection:
        rows = connection.from_arrow(arrow_stream(frame)).fetchall()
    assert rows == frame.rows()

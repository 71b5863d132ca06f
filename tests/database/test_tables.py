"""Registered tables beside the views, and the DuckDB connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import irdb_sql
from irdb_sql import errors
from irdb_sql.engine import errors as session_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from irdb_sql import ImageRewardDB

TABLE = pl.DataFrame({"prompt_id": ["p", "q"], "n": [1, None], "b": [b"x", b"y"], "l": [[1], []]})


@pytest.fixture
def small_db() -> Iterator[ImageRewardDB]:
    with irdb_sql.connect(split="test") as db:
        yield db


@pytest.mark.parametrize(
    "convert",
    [
        lambda frame: frame,
        lambda frame: frame.lazy(),
        lambda frame: frame.to_arrow(),
        lambda frame: pd.DataFrame(frame.to_dict(as_series=False)),
    ],
    ids=["polars", "lazy", "arrow", "pandas"],
)
def test_a_table_of_any_library_can_be_read_and_joined(
    small_db: ImageRewardDB, convert: Callable[[pl.DataFrame], Any]
) -> None:
    small_db.register("mine", convert(TABLE.select("prompt_id", "n")))
    assert small_db.sql("SELECT count(*) AS n FROM mine").item() == 2
    ids = small_db.prompts().select("prompt_id").head(3)
    small_db.register("mine", convert(ids.with_columns(n=1)))
    text = "SELECT count(DISTINCT prompt_id) AS n FROM images JOIN mine USING (prompt_id)"
    assert small_db.sql(text).item() == small_db.sql(text, lazy=True).collect().item() == 3
    assert "; table mine of 3 rows>" in repr(small_db)
    small_db.unregister("mine")
    with pytest.raises(errors.QueryError, match="mine"):
        small_db.sql("FROM mine")


def test_every_column_type_is_kept(small_db: ImageRewardDB) -> None:
    small_db.register("Mine", TABLE)
    assert small_db.sql("FROM mine").equals(TABLE)
    small_db.register("empty", TABLE.clear())
    assert small_db.sql("FROM empty").schema == TABLE.schema


@pytest.mark.parametrize(
    "name",
    [
        "images",
        "Preference_Pairs",
        "pairs",
        "",
        "a b",
        'a"b',
        "a;b",
        "1a",
        "pg_x",
        "duckdb_tables",
        "ranking_file_0",
        "kept_x",
        "threads",
        "select",
        5,
        None,
    ],
)
def test_a_reserved_or_invalid_name_is_refused(small_db: ImageRewardDB, name: Any) -> None:
    with pytest.raises(session_errors.TableNameError):
        small_db.register(name, TABLE)
    assert small_db.pair_counts().height == 1


def test_a_value_that_is_no_table_is_refused(small_db: ImageRewardDB) -> None:
    for value in (5, object(), "data.parquet", pl.DataFrame(), pl.DataFrame({"a": [object()]})):
        with pytest.raises(session_errors.TableTypeError, match="the table .mine. cannot be registered"):
            small_db.register("mine", value)  # type: ignore[arg-type]
    with pytest.raises(session_errors.TableNameError):
        small_db.unregister("mine")


NAMED = pl.DataFrame({"a\0b": [1]})


@pytest.mark.parametrize(
    "hand_over",
    [
        lambda db, frame: db.register("own", frame),
        lambda db, frame: db.register("own", frame.lazy()),
        lambda db, frame: db.register("own", pa.table({frame.columns[0]: [1]})),
        lambda db, frame: irdb_sql.connect(
            db.source, scores=frame.with_columns(image=pl.lit("a.webp")), missing="drop"
        ),
        lambda db, frame: db.human_agreement(frame, ["a", "b"]),
    ],
)
def test_a_nul_in_a_column_name_is_one_sentence(small_db: ImageRewardDB, hand_over: Any) -> None:
    with pytest.raises((errors.IrdbError, TypeError)) as caught:
        hand_over(small_db, NAMED)
    assert "Traceback" not in str(caught.value)
    assert small_db.sql("SELECT 1 AS a").item() == 1


def test_a_duckdb_connection_has_all_views_and_macros_and_stays_locked(small_db: ImageRewardDB) -> None:
    small_db.register("mine", TABLE)
    with small_db.connection() as connection:
        assert connection.sql("SELECT strict_pairs FROM pair_counts()").fetchall() == [(651,)]
        assert connection.sql("SELECT count(*) FROM mine").fetchall() == [(2,)]
        listed = connection.sql("SELECT count(*) FROM duckdb_functions() WHERE NOT internal AND comment IS NOT NULL")
        assert listed.fetchall()[0][0] == small_db.catalog().filter(kind="macro").height
        for text in (
            "FROM read_text('/etc/passwd')",
            "SET enable_external_access = true",
            "COPY (SELECT 1) TO 'x.csv'",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(text)
    assert small_db.pair_counts().height == 1
    with irdb_sql.connect(trusted=True) as db, db.connection() as connection:
        assert connection.sql("SELECT current_setting('lock_configuration')").fetchall() == [(False,)]
        assert repr(db).endswith("; trusted>")

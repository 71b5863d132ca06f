"""Tables of one's own beside the views, and DuckDB's own connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pytest

import irdb_sql
from irdb_sql import errors
from irdb_sql.engine import errors as session_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from irdb_sql import ImageRewardDB

TABLE = pl.DataFrame({"prompt_id": ["p", "q"], "n": [1, None], "b": [b"x", b"y"], "l": [[1], []]})


@pytest.fixture
def own() -> Iterator[ImageRewardDB]:
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
def test_a_table_of_any_library_can_be_asked_and_joined(
    own: ImageRewardDB, convert: Callable[[pl.DataFrame], Any]
) -> None:
    own.register("mine", convert(TABLE.select("prompt_id", "n")))
    assert own.sql("SELECT count(*) AS n FROM mine").item() == 2
    ids = own.prompts().select("prompt_id").head(3)
    own.register("mine", convert(ids.with_columns(n=1)))
    text = "SELECT count(DISTINCT prompt_id) AS n FROM images JOIN mine USING (prompt_id)"
    assert own.sql(text).item() == own.sql(text, lazy=True).collect().item() == 3
    assert "; table mine of 3 rows>" in repr(own)
    own.unregister("mine")
    with pytest.raises(errors.QueryError, match="mine"):
        own.sql("FROM mine")


def test_every_type_comes_back(own: ImageRewardDB) -> None:
    own.register("Mine", TABLE)
    assert own.sql("FROM mine").equals(TABLE)
    own.register("empty", TABLE.clear())
    assert own.sql("FROM empty").schema == TABLE.schema


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
def test_a_name_that_is_taken_or_strange_is_refused(own: ImageRewardDB, name: Any) -> None:
    with pytest.raises(session_errors.TableNameError):
        own.register(name, TABLE)
    assert own.pair_counts().height == 1


def test_what_is_no_table_is_refused(own: ImageRewardDB) -> None:
    for thing in (5, object(), "data.parquet", pl.DataFrame(), pl.DataFrame({"a": [object()]})):
        with pytest.raises(session_errors.TableTypeError, match="the table .mine. cannot be registered"):
            own.register("mine", thing)  # type: ignore[arg-type]
    with pytest.raises(session_errors.TableNameError):
        own.unregister("mine")


def test_the_connection_is_that_of_duckdb_with_everything_and_stays_locked(own: ImageRewardDB) -> None:
    own.register("mine", TABLE)
    with own.connection() as connection:
        assert connection.sql("SELECT strict_pairs FROM pair_counts()").fetchall() == [(651,)]
        assert connection.sql("SELECT count(*) FROM mine").fetchall() == [(2,)]
        listed = connection.sql("SELECT count(*) FROM duckdb_functions() WHERE NOT internal AND comment IS NOT NULL")
        assert listed.fetchall()[0][0] == own.catalog().filter(kind="macro").height
        for text in (
            "FROM read_text('/etc/passwd')",
            "SET enable_external_access = true",
            "COPY (SELECT 1) TO 'x.csv'",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(text)
    assert own.pair_counts().height == 1
    with irdb_sql.connect(trusted=True) as db, db.connection() as connection:
        assert connection.sql("SELECT current_setting('lock_configuration')").fetchall() == [(False,)]
        assert repr(db).endswith("; trusted>")

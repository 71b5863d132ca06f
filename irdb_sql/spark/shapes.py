"""An engine without rows, which tells the types of whatever runs on Apache Spark."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from irdb_sql.core.signatures import parameters
from irdb_sql.engine.errors import QueryError
from irdb_sql.engine.limits import Limits
from irdb_sql.engine.local import Engine
from irdb_sql.images.listing import SCHEMA
from irdb_sql.sources.local import Source
from irdb_sql.spark.kinds import VALUE

if TYPE_CHECKING:
    from irdb_sql.core.catalog import SqlFiles


def shapes(sqlfiles: SqlFiles) -> Engine:
    """Open an engine without rows, which knows names and types of the columns of every statement."""
    source = Source((), "no rows", Path())
    engine = Engine(source, sqlfiles, _no_files, Limits())
    engine.guard(source, trusted=False)
    return engine


def shape_of(engine: Engine, sqlfiles: SqlFiles, name: str) -> dict[str, str]:
    """Return the types of the columns of a view or macro; of one that is no table that of its value, if it has one."""
    file = sqlfiles.views.get(name) or sqlfiles.macros[name]
    if file.kind == "view" or file.is_table:
        return {column: kind for column, kind in engine.columns(file) if kind}
    found = set()
    for untyped in ("DOUBLE", "VARCHAR"):
        given = [exp.cast(exp.null(), one.kind or untyped, dialect="duckdb") for one in parameters(file)]
        call = exp.Anonymous(this=name, expressions=given)
        with contextlib.suppress(QueryError):
            found.add(engine.frame(exp.select(exp.func("typeof", call)).sql("duckdb")).item())
    return {VALUE: found.pop()} if len(found) == 1 else {}


def _no_files(_folders: object, _interrupts: object) -> object:
    """List no file of an image: Spark looks at none."""
    return SCHEMA.empty_table()

"""Names of 10,000 letters are cut in errors and notes, as other values are, and are no unexpected error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from conftest import image, write_metadata

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

LONG = 10_000 * "x"
COMMANDS = [
    (0, "evaluate few.csv --missing drop --data d --format csv"),
    (1, "evaluate few.csv --data d"),
    (2, "query totals --data d --classification y"),
    (2, f"query totals --data d --classification {LONG}y"),
    (0, f"query totals --data d --classification {LONG} --subset 1k --format csv"),
    (0, "judge judgements.csv --data d --format csv"),
    (1, "generators generators.csv --show strengths"),
    (1, "query totals --data odd.parquet"),
    (2, f"{LONG}"),
    (2, f"evaluate --show {LONG}"),
    (2, f"evaluate --{LONG}"),
    (3, f"import {LONG}"),
    (3, f"check-split {LONG} d"),
    (1, f"report --init {LONG}"),
]


@pytest.fixture
def named(tmp_path: Path) -> list[str]:
    """Files of the current folder with a class, a column, a scorer, a judge and a generator of that name."""
    rows = [image("p", name, rank, classification=LONG) for rank, name in enumerate("ab", start=1)]
    (tmp_path / "d").mkdir()
    write_metadata(tmp_path / "d", rows)
    first, second = (row["image_path"] for row in rows)
    pl.DataFrame({LONG: ["x"]}).write_parquet(tmp_path / "odd.parquet")
    for file, lines in {
        "few": ["scorer,image_path,score", f"{LONG},{first},1"],
        "judgements": ["judge,first_path,second_path,verdict", f"{LONG},{first},{second},A"],
        "generators": ["generator,prompt_id,score", f"{LONG},p,1", "b,p,2"],
    }.items():
        (tmp_path / f"{file}.csv").write_text("\n".join(lines))
    return [first, second]


@pytest.mark.usefixtures("named")
def test_long_names_are_cut(run_cli: RunCli) -> None:
    for expected, command in COMMANDS:
        code, _, err = run_cli(*command.split())
        assert (code, "unexpected" in err) == (expected, False), err[:1000]
        assert max(map(len, err.split()), default=0) < 400, command[:60]
    assert sum("xxx" in run_cli(*command.split())[2] for _, command in COMMANDS[:3]) == 3

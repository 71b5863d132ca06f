"""The parameters and the statement that a command is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli


def test_sql_reads_standard_input_and_typed_params(run_cli: RunCli, data: Path) -> None:
    text = "SELECT $a AS a, $b AS b, $c AS c, $d AS d, $e AS e"
    params = ["--param", "a=3", "--param", "b=x=y", "--param", "c=true", "--param", "$d=null", "--param", "e=0040"]
    actual = run_cli("sql", "-", "--data", data, "--format", "ndjson", *params, stdin=text)
    assert actual == (0, '{"a":3,"b":"x=y","c":true,"d":null,"e":"0040"}\n', "")


def test_query_takes_params_as_text(run_cli: RunCli, data: Path) -> None:
    actual = run_cli(
        "query", "pairs", "--data", data, "--format", "ndjson", "--param", "keep_ties=true", "--param", "min_rank_gap=9"
    )
    assert [json.loads(line)["rank_gap"] for line in actual[1].splitlines()] == [0]

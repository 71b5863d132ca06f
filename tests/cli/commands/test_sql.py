"""The command that answers a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli


def test_the_main_job_on_the_real_file(run_cli: RunCli, real_file: Path) -> None:
    text = "SELECT count(*) AS n FROM preference_pairs(in_split := 'test')"
    assert run_cli("sql", text, "--data", real_file, "--format", "csv") == (0, "n\n6399\n", "")
    ties = "SELECT count(*) AS n FROM preference_pairs(keep_ties := true)"
    assert run_cli("sql", ties, "--data", real_file, "--format", "csv") == (0, "n\n7230\n", "")


def test_a_comment_is_no_option(run_cli: RunCli) -> None:
    for text in ("--count\nSELECT 1 AS n", "-- count\nSELECT 1 AS n", "--a=b\nSELECT 1 AS n"):
        assert run_cli("sql", text, "--format", "csv")[:2] == (0, "n\n1\n")
    code, _, err = run_cli("sql", "--SELECT 1")
    assert code == 1
    assert "error: expected one read-only statement, but got no statements" in err

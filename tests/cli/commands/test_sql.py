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

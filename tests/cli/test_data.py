"""The data that a command is asked of: the sample, the environment, and several files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from irdb_sql.cli.main import irdb

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

    from irdb_sql import ImageRewardDB

NOTE = "note: no --data given; this is the embedded sample, which is synthetic\n"


def test_without_data_one_line_says_that_the_sample_is_synthetic(run_cli: RunCli, db: ImageRewardDB) -> None:
    code, out, err = run_cli("query", "totals", "--format", "json")
    assert (code, err) == (0, NOTE)
    assert json.loads(out) == db.query("totals").to_dicts()


def test_data_may_come_from_the_environment(run_cli: RunCli, data: Path) -> None:
    actual = run_cli("query", "totals", "--format", "csv", env={"IRDB_DATA": str(data)})
    assert actual == (
        0,
        "prompts,images,ranked_images,rated_images,classified_images,pairs,strict_pairs,tied_pairs,rows_left_out,images_left_out\n1,3,3,2,3,3,2,1,0,0\n",
        "",
    )


def test_several_files_are_one_dataset_and_a_dash_is_standard_output(run_cli: RunCli, data: Path) -> None:
    both: list[str | Path] = ["--data", data / "metadata-test.parquet", "--data", data / "metadata-train.parquet"]
    assert run_cli("sql", "SELECT count(*) AS n FROM images", *both, "--format", "csv", "-o", "-") == (0, "n\n3\n", "")


def test_every_command_that_answers_about_data_selects_a_part_of_it_by_the_same_options() -> None:
    context = click.Context(irdb)
    commands = {name: irdb.get_command(context, name) for name in irdb.list_commands(context)}
    options = {
        name: {option for param in command.params for option in param.opts}
        for name, command in commands.items()
        if command
    }
    about_data = {name for name, names in options.items() if "--data" in names} - {"list", "show"}
    assert {"sql", "query", "shell", "evaluate", "audit", "report", "export", "verify", "score"} <= about_data
    for name in about_data:
        assert {"--split", "--subset", "--classification"} <= options[name], name

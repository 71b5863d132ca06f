"""The command `irdb audit`: counts faults of the labels, and fails at a severity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from irdb_sql.cli.answers import choose_format, format_option, note_if_empty, output_option, write_frame
from irdb_sql.cli.data import subset_option, takes_database
from irdb_sql.cli.errors import FAILED
from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import waiting_indicator

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.core.schema import Subset
    from irdb_sql.database.facade import ImageRewardDB

_SEVERITIES = ("error", "warning", "note")


@click.command("audit")
@click.option(
    "--fail-on",
    type=click.Choice([*_SEVERITIES, "never"]),
    default="error",
    show_default=True,
    help="Exit with 1 if a check of this severity, or of a worse one, has findings.",
)
@subset_option
@format_option()
@output_option
@takes_database
def command(db: ImageRewardDB, *, fail_on: str, subset: Subset | None, format: str | None, output: Path | None) -> None:
    """Count faults of the labels, check by check; exit with 1 if there are errors.

    With --split, images and prompts are not compared between splits.

    \b
    irdb audit
    irdb audit --fail-on warning --subset 1k -o audit.csv
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    choose_format(format, output)
    with waiting_indicator():
        checks = db.audit(subset=subset)
    write_frame(checks, format, output)
    note_if_empty(db, subset=subset)
    severities = {name: severity for name, severity, count in checks.select(_COLUMNS).iter_rows() if count}
    if severities:
        added = "" if subset is None else f" --param subset={subset}"
        note(f"note: irdb query NAME shows the rows of a check, such as irdb query {next(iter(severities))}{added}")
    severe = () if fail_on == "never" else _SEVERITIES[: _SEVERITIES.index(fail_on) + 1]
    failing = [name for name, severity in severities.items() if severity in severe]
    if failing:
        note(f"note: failed checks: {', '.join(failing)}")
        raise click.exceptions.Exit(FAILED)


_COLUMNS = ("check_name", "severity", "findings")

"""The command `irdb check-split`: lists what two exports, sets or splits share, and fails if they share anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import choose_format, format_option, output_option, write_frame
from irdb_sql.cli.data import data_options, open_database, select_subset_option
from irdb_sql.cli.errors import FAILED
from irdb_sql.cli.notes import collect_warnings, note
from irdb_sql.cli.progress import waiting_indicator
from irdb_sql.core.late import late
from irdb_sql.core.schema import SPLITS
from irdb_sql.core.text import plural

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql.database import connect as connecting
else:
    connecting = late("irdb_sql.database.connect")


@click.command("check-split")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@format_option()
@output_option
@select_subset_option
@data_options
def command(data: dict[str, Any], *, a: str, b: str, format: str | None, output: Path | None) -> None:
    """List prompt ids, prompt texts, images and image bytes that A and B share; exit with 1 if there are any.

    Each is an export in any format, a dataset in any layout, or train, validation or test of --data. Texts are compared
    without case and white space, images by the UUID in their names, else by path, and bytes where both have them in
    files of exports or columns. --layout and --columns are those of A and B, too, unless these are exports or published
    folders.

    \b
    irdb check-split train test
    irdb check-split most/ rest.parquet
    irdb check-split hpdv2/train.json ImageRewardDB/
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    choose_format(format, output)
    needs_data = data["source"] is not None or {a, b} & {*SPLITS}
    opened = open_database(data) if needs_data else connecting.connect()
    with opened as db, waiting_indicator(), collect_warnings() as notes:
        leaks = db.check_split(a, b, layout=data["layout"], columns=data["columns"])
    write_frame(leaks, format, output)
    for text in notes:
        note(text)
    counts = dict(leaks["leak"].value_counts(sort=True).sort("leak").iter_rows())
    if counts:
        listed = ", ".join(f"{count:,} of {leak}" for leak, count in counts.items())
        note(f"note: {a} and {b} share {plural(leaks.height, 'value')}: {listed}")
        raise click.exceptions.Exit(FAILED)
    note(f"note: {a} and {b} share no prompt id, text, image name or image bytes")

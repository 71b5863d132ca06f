"""The command `irdb report`: writes a report, or its template."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import format_option, is_stream, note_if_empty, output_option, write
from irdb_sql.cli.completion import WordType
from irdb_sql.cli.data import check_target, protect_files, subset_name_option
from irdb_sql.cli.notes import note_written
from irdb_sql.cli.progress import waiting_indicator
from irdb_sql.cli.scores import resamples_option, seed_option, takes_scored_splits
from irdb_sql.core.late import late
from irdb_sql.errors import ChoiceError
from irdb_sql.reports.catalog import REPORTS, describe_reports, template_text
from irdb_sql.reports.options import REPORT_FORMATS, SUFFIXES

if TYPE_CHECKING:
    import webbrowser
    from collections.abc import Callable

    from irdb_sql.core import atomic_write
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.reports import charts
    from irdb_sql.reports import diff as diffs
    from irdb_sql.reports import render as rendering
    from irdb_sql.reports.options import ReportFormat
else:
    webbrowser = late("webbrowser")
    atomic_write = late("irdb_sql.core.atomic_write")
    charts = late("irdb_sql.reports.charts")
    diffs = late("irdb_sql.reports.diff")
    rendering = late("irdb_sql.reports.render")

_HELP = f"""Write the report NAME, by default the summary.

\b
{describe_reports()}

HTML is one page that needs no network; JSON has only the answers of the queries.

\b
irdb report -o summary.html --open
irdb report scorers --scores mine.csv -o scorers.html
irdb report --diff old.json
"""


def _init_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option that writes a template to a command."""

    def write_template(context: click.Context, _option: click.Parameter, target: Path | None) -> None:
        if target is None or context.resilient_parsing:
            return
        if os.path.lexists(target):  # Path would raise an error for a name that is too long
            raise click.UsageError(f"{str(target)!r} already exists; choose a new file.", context)
        atomic_write.write_file(target, template_text(context.params.get("name", "summary")).encode())
        note_written("the template", target, f"edit it, and write the report with --template {target}")
        context.exit()

    return click.option(
        "--init",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=write_template,
        expose_value=False,
        metavar="FILE",
        help="Write the report's template to the new FILE, to be edited, and exit.",
    )(command)


class _ReportCommand(click.Command):
    """A command that prepares to draw charts while the data is opened."""

    def invoke(self, ctx: click.Context) -> None:
        """Start what draws, if the report is a page."""
        output = ctx.params["output"]
        if ctx.params["format"] == "html" or (output is not None and SUFFIXES.get(output.suffix.lower()) == "html"):
            charts.preload()
        super().invoke(ctx)


@click.command("report", cls=_ReportCommand, help=_HELP)
@click.argument("name", type=WordType(REPORTS), default="summary", is_eager=True)
@format_option(REPORT_FORMATS, "Default: by the suffix of -o, else markdown.")
@output_option
@click.option("--open", "is_opened", is_flag=True, help="Open the file of -o in a browser.")
@click.option(
    "--template",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Use your own template FILE.",
)
@_init_option
@subset_name_option
@click.option("--no-images", is_flag=True, help="Show no images in HTML.")
@click.option("--blur", is_flag=True, help="Blur images in HTML until they are clicked.")
@resamples_option
@seed_option
@click.option(
    "--diff",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OLD.json",
    help="Write the changes since the JSON report OLD.json instead, as Markdown.",
)
@takes_scored_splits
def command(  # noqa: PLR0913 - one parameter per option
    db: ImageRewardDB,
    *,
    name: str,
    format: ReportFormat | None,
    output: Path | None,
    is_opened: bool,
    diff: Path | None,
    no_images: bool,
    **options: Any,  # noqa: ANN401 - `render` checks them
) -> None:
    """Write a report; `--help` shows another text, which lists all reports."""
    if is_opened and output is None:
        message = "--open needs a file; add -o FILE.html."
        raise click.UsageError(message)
    protect_files(path for path in (diff, options["template"]) if path is not None)
    options |= {"split": click.get_current_context().params["split"], "images": not no_images}
    if diff is not None and format not in (None, "markdown"):
        message = "--diff writes Markdown; leave --format out."
        raise click.UsageError(message)
    title = name if options["template"] is None else options["template"].name
    old = None if diff is None else diffs.read_report(diff, rendering.SCHEMA, title)
    format = "json" if old is not None else format or _format_of(output)
    if output is not None:
        check_target(output)
    with waiting_indicator():
        text = rendering.render(db, name, format, **options)
    if old is not None:
        text = diffs.differences(old, json.loads(text))
    write(text.encode(), output, f"the report {title}" if old is None else f"the changes of the report {title}")
    note_if_empty(db, split=options["split"], subset=options["subset"])
    if is_opened and output is not None:
        webbrowser.open(output.resolve().as_uri())


def _format_of(output: Path | None) -> ReportFormat:
    """Return the format of a file's suffix; Markdown for standard output, or a pipe or device."""
    if output is None or is_stream(output):
        return "markdown"
    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        raise ChoiceError("the suffix of -o", suffix, tuple(SUFFIXES))
    return SUFFIXES[suffix]

"""The command that writes reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.options import INPUTS, asks_scores, note, output_option, refuse_target, write
from irdb_sql.cli.progress import shown_waiting
from irdb_sql.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql.database.facade import ImageRewardDB

_FORMATS = ("markdown", "html", "json")
_SUFFIXES = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json"}


def _starts_template(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option that writes a template, for which no data is opened."""

    def start(context: click.Context, _option: click.Parameter, target: Path | None) -> None:
        if target is None or context.resilient_parsing:
            return
        from irdb_sql.core.atomic_write import write_file  # noqa: PLC0415 - `irdb --help` needs none
        from irdb_sql.reports.render import template_text  # noqa: PLC0415 - as above

        if target.exists():
            raise click.UsageError(f"{str(target)!r} is there already; name a new file.", context)
        write_file(target, template_text(context.params.get("name", "summary")).encode())
        note(f"note: wrote {target}; change it, and write the report with --template {target}")
        context.exit()

    return click.option(
        "--init",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=start,
        expose_value=False,
        metavar="FILE",
        help="Write the report's template to the new FILE, to start one's own from, and stop.",
    )(command)


@click.command()
@click.argument("name", default="summary", is_eager=True)
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="Default: what the suffix of -o says, else markdown."
)
@output_option
@click.option("--open", "opened", is_flag=True, help="Show the file of -o in a browser.")
@click.option(
    "--template",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A template of one's own instead.",
)
@_starts_template
@click.option("--subset", metavar="NAME", help="1k, 2k, 4k or 8k: only that published subset.")
@click.option("--no-images", is_flag=True, help="Show no images in HTML.")
@click.option("--blur", is_flag=True, help="Blur images in HTML until they are clicked.")
@click.option("--resamples", type=int, default=1000, show_default=True, help="How often prompts are drawn anew.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same intervals.")
@click.option(
    "--diff",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OLD.json",
    help="Say instead, as Markdown, what changed since that report in JSON.",
)
@asks_scores
def report(db: ImageRewardDB, *, name: str, form: str | None, output: Path | None, **options: Any) -> None:  # noqa: ANN401 - `render` judges them
    """Write the report NAME: summary, scorers, audit or reproduction.

    HTML is one page that needs no network; JSON holds the answers alone.

    \b
    irdb report -o summary.html --open
    irdb report scorers --scores mine.csv -o scorers.html
    irdb report --diff old.json
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    from irdb_sql.reports import render as reports  # noqa: PLC0415 - Jinja2 is for reports
    from irdb_sql.reports.diff import differences, read_report  # noqa: PLC0415 - as above

    opened, diff = options.pop("opened"), options.pop("diff")
    options["images"] = not options.pop("no_images")
    if opened and output is None:
        message = "--open shows a file; name it with -o FILE.html."
        raise click.UsageError(message)
    context = click.get_current_context()
    context.meta[INPUTS] |= {path.resolve() for path in (diff, options["template"]) if path is not None}
    options["split"] = context.params["split"]
    if diff is not None and form not in (None, "markdown"):
        message = "--diff writes Markdown; leave --format out."
        raise click.UsageError(message)
    told = name if options["template"] is None else options["template"].name
    old = None if diff is None else read_report(diff, reports.SCHEMA, told)
    form = "json" if old is not None else form or _form_of(output)
    if output is not None:
        refuse_target(output)
    with shown_waiting():
        text = reports.render(db, name, form, **options)  # type: ignore[arg-type]
    if old is not None:
        import json  # noqa: PLC0415 - needed by this only

        text = differences(old, json.loads(text))
    write(text.encode(), output)
    if opened and output is not None:
        import webbrowser  # noqa: PLC0415 - as above

        webbrowser.open(output.resolve().as_uri())


def _form_of(output: Path | None) -> str:
    if output is None:
        return "markdown"
    suffix = output.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ChoiceError("the suffix of -o", suffix, tuple(_SUFFIXES))
    return _SUFFIXES[suffix]

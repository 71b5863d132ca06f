"""Writes reports: a template asks questions, and a renderer writes their answers as Markdown, HTML or JSON."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice, check_flags, check_options, check_path, check_type
from irdb_sql.core.regular_files import describe_error, read_regular_file
from irdb_sql.core.splits import join_splits
from irdb_sql.database.facade import ImageRewardDB
from irdb_sql.reports.catalog import template_text
from irdb_sql.reports.context import TemplateContext
from irdb_sql.reports.errors import TemplateNotFoundError
from irdb_sql.reports.markdown import MarkdownRenderer
from irdb_sql.reports.options import REPORT_FORMATS, ReportOptions, Scope
from irdb_sql.reports.template import fill_template
from irdb_sql.scorers.options import RESAMPLES, SEED, make_resampling
from irdb_sql.sources.errors import UnreadableError

if TYPE_CHECKING:
    from irdb_sql.reports import html, thumbnails
    from irdb_sql.reports.options import ReportFormat
    from irdb_sql.reports.renderer import Renderer
else:
    html = late("irdb_sql.reports.html")
    thumbnails = late("irdb_sql.reports.thumbnails")

SCHEMA = "irdb-report/1"


def render(
    db: ImageRewardDB, name: str = "summary", format: ReportFormat = "markdown", **options: Unpack[ReportOptions]
) -> str:
    """Write a report about a dataset.

    Args:
        db: The dataset.
        name: The report: `summary`, or another one that `irdb report --help` lists.
        format: `markdown`; `html`, one page that needs no network and no script; or `json`, the answers alone.
        **options: `template` is a template of one's own instead (`irdb report --init FILE` writes a shipped one to
            start from). `split` and `subset` restrict what is asked; `resamples` (1,000) and `seed` (0) make intervals.
            In HTML, `images=False` shows no images, and `blur=True` blurs them until they are clicked.

    Returns:
        The report: the same text for the same data, options and versions.

    Raises:
        UnknownNameError: No report has this name.
        TemplateError: The template of one's own is no template, or fails.
        ChoiceError: There is no such format.
        MissingPackageError: HTML needs the extra `reports`.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     print(render(db).partition(chr(10))[0])
        # ImageRewardDB: summary of embedded sample (synthetic)
    """
    check_type("db", db, ImageRewardDB, "a database that connect opened")
    check_type("name", name, str, "the name of a report, such as 'summary'")
    check_choice("format", format, REPORT_FORMATS)
    check_options(options, ReportOptions)
    check_flags(**{name: options[name] for name in ("images", "blur") if name in options})
    template = options.get("template")
    if template is not None:
        check_path("template", template)
    if template is not None and "://" in os.fspath(template):
        raise UnreadableError(Path(template), "it is a URL; download the file first")
    text = template_text(name) if template is None else _read(Path(template))
    report_name = name if template is None else Path(template).name
    resamples, seed, _ = make_resampling(
        {"resamples": options.get("resamples", RESAMPLES), "seed": options.get("seed", SEED)}
    )
    scope = Scope(join_splits(options.get("split")), options.get("subset"), resamples, seed)
    context = TemplateContext(db, scope)
    renderer = _renderer(db, format, options)
    filled = fill_template(text, context, renderer, report_name)
    if format == "json":
        return _json(context, report_name)
    title = filled.lstrip().partition("\n")[0].lstrip("# ") or "irdb-sql report"
    return renderer.page(filled, title.replace("\\", ""))


def _read(path: Path) -> str:
    try:
        return read_regular_file(path).decode()
    except FileNotFoundError as error:
        raise TemplateNotFoundError(path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(path, describe_error(error)) from error


def _renderer(db: ImageRewardDB, format: ReportFormat, options: ReportOptions) -> Renderer:
    if format != "html":
        return MarkdownRenderer()
    images = thumbnails.Thumbnails(db) if options.get("images", True) else None
    return html.HtmlRenderer(images, blur=options.get("blur", False))


def _json(context: TemplateContext, name: str) -> str:
    """Write the answers as JSON, which `templates/report.schema.json` describes."""
    files = context.files()
    report = {
        "format": SCHEMA,
        "report": name,
        "source": {
            "name": context.source["name"],
            **({} if context.source["revision"] is None else {"revision": context.source["revision"]}),
            "files": [_finite(row) for row in files.rows],
        },
        "scope": context.scope,
        "versions": context.versions,
        "missing": context.missing,
        "figures": [
            {
                "name": answer.name,
                "question": answer.question,
                "asked": answer.asked,
                "command": answer.command,
                "columns": [
                    {"name": column, "type": kind} for column, kind in zip(answer.columns, answer.types, strict=True)
                ],
                "rows": [_finite(row) for row in answer.rows],
            }
            for answer in context.answers.values()
            if answer.name != files.name
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:  # noqa: ANN401 - JSON has values of any type
    """Replace NaN and infinity, which JSON does not have, by null."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

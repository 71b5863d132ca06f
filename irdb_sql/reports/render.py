"""Writes reports: a Jinja2 template asks questions, and their answers are set as HTML, Markdown or JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.errors import ChoiceError
from irdb_sql.reports.blocks import Blocks, Scope
from irdb_sql.reports.errors import TemplateError
from irdb_sql.reports.markdown import MarkdownSetting
from irdb_sql.sources.errors import SourceNotFoundError, UnreadableError

if TYPE_CHECKING:
    from irdb_sql.core.schema import Split, Subset
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.reports.answers import Answer
    from irdb_sql.reports.blocks import Setting
    from irdb_sql.sources.local import PathLike

REPORTS = ("summary", "scorers", "audit", "reproduction")
FORMS = ("markdown", "html", "json")
SCHEMA = "irdb-report/1"
Form = Literal["markdown", "html", "json"]


class ReportOptions(TypedDict, total=False):
    """How to write a report."""

    template: PathLike | None
    split: Split | None
    subset: Subset | None
    resamples: int
    seed: int
    images: bool
    blur: bool


def render(db: ImageRewardDB, name: str = "summary", form: Form = "markdown", **options: Unpack[ReportOptions]) -> str:
    """Write a report about a dataset.

    Args:
        db: The dataset.
        name: The report: `summary`, `scorers`, `audit` or `reproduction`.
        form: `markdown`; `html`, one page that needs no network and no script; or `json`, the answers alone.
        **options: `template` is a template of one's own instead (`template_text` returns the shipped ones to start
            from). `split` and `subset` restrict what is asked; `resamples` and `seed` make intervals. In HTML,
            `images=False` shows no images, and `blur=True` blurs them until they are clicked.

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
    if form not in FORMS:
        raise ChoiceError("form", form, FORMS)
    template = options.get("template")
    text = template_text(name) if template is None else _read(Path(template))
    told = name if template is None else Path(template).name
    scope = Scope(options.get("split"), options.get("subset"), options.get("resamples", 1000), options.get("seed", 0))
    blocks = Blocks(db, scope)
    setting = _setting(db, form, options)
    written = _filled(text, blocks, setting, told)
    if form == "json":
        return _json(blocks, told)
    title = written.lstrip().partition("\n")[0].lstrip("# ") or "irdb-sql report"
    return setting.page(written, title.replace("\\", ""))


def template_text(name: str) -> str:
    """Return the template of a shipped report, to start one's own from.

    Raises:
        UnknownNameError: No report has this name.
    """
    if name not in REPORTS:
        raise UnknownNameError("report", name, REPORTS)
    return (Path(__file__).parent / "templates" / f"{name}.md.jinja").read_text(encoding="utf-8")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SourceNotFoundError(path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(path, str(error)) from error


def _setting(db: ImageRewardDB, form: Form, options: ReportOptions) -> Setting:
    if form != "html":
        return MarkdownSetting()
    from irdb_sql.reports.html import HtmlSetting  # noqa: PLC0415 - needed by this format only
    from irdb_sql.reports.thumbnails import Thumbnails  # noqa: PLC0415 - as above

    thumbnails = Thumbnails(db) if options.get("images", True) else None
    return HtmlSetting(thumbnails, blur=options.get("blur", False))


class _Set(str):
    """A text that is set already."""

    __slots__ = ()


def _filled(text: str, blocks: Blocks, setting: Setting, name: str) -> str:
    """Fill a template, which may call the blocks and nothing else."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: value if isinstance(value, _Set) else setting.text(value),
    )

    def table(answer: Answer, *columns: str) -> _Set:
        return _Set(setting.table(answer, columns))

    def chart(answer: Answer, kind: Any, **channels: str) -> _Set:  # noqa: ANN401 - the setting judges it
        return _Set(setting.chart(answer, kind, **channels))

    def pictures(answer: Answer, *columns: str, captions: list[str], titles: list[str]) -> _Set:
        return _Set(setting.pictures(answer, columns, captions, titles))

    environment.filters |= {"table": table, "chart": chart, "pictures": pictures}
    called = (
        blocks.ask,
        blocks.sql,
        blocks.leaderboard,
        blocks.evaluate,
        blocks.differences,
        blocks.files,
        blocks.lacks,
    )
    try:
        return environment.from_string(text).render(
            {block.__name__: block for block in called},
            source=blocks.source,
            scope=blocks.scope,
            versions=blocks.versions,
        )
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(name, error.lineno, error.message or "it is no template") from error
    except jinja2.TemplateError as error:
        raise TemplateError(name, None, error.message or str(error)) from error
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as error:
        if error.__class__.__module__.startswith("irdb_sql"):
            raise
        raise TemplateError(name, None, str(error)) from error


def _json(blocks: Blocks, name: str) -> str:
    """Write the answers as JSON, as `templates/report.schema.json` describes it."""
    files = blocks.files()
    report = {
        "format": SCHEMA,
        "report": name,
        "source": {
            "name": blocks.source["name"],
            **({} if blocks.source["revision"] is None else {"revision": blocks.source["revision"]}),
            "files": [_finite(row) for row in files.rows],
        },
        "scope": blocks.scope,
        "versions": blocks.versions,
        "missing": blocks.missing,
        "figures": [
            {
                "name": answer.name,
                "question": answer.question,
                "command": answer.command,
                "columns": [
                    {"name": column, "type": kind} for column, kind in zip(answer.columns, answer.types, strict=True)
                ],
                "rows": [_finite(row) for row in answer.rows],
            }
            for answer in blocks.answers.values()
            if answer.name != files.name
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:  # noqa: ANN401 - JSON has any type
    """Put null in the place of numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

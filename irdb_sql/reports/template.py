"""Fills a template, in a sandbox in which it can call the functions of its context and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2
import jinja2.nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from irdb_sql.charts.specification import Channels
from irdb_sql.core.text import plural
from irdb_sql.reports.answers import format_value
from irdb_sql.reports.errors import TemplateError

if TYPE_CHECKING:
    from irdb_sql.charts.specification import Kind
    from irdb_sql.reports.answers import Answer
    from irdb_sql.reports.context import TemplateContext
    from irdb_sql.reports.renderer import Renderer


def fill_template(text: str, context: TemplateContext, renderer: Renderer, name: str) -> str:
    """Fill a template.

    Args:
        text: The template.
        context: Its functions and values.
        renderer: Writes every value, table, chart and picture.
        name: How errors call the template.

    Raises:
        TemplateError: It is no template, or fails.
    """
    try:
        environment = _environment(renderer)
        calls = environment.parse(text).find_all(jinja2.nodes.Call)
        context.questions = sum(isinstance(call.node, jinja2.nodes.Name) for call in calls)
        return environment.from_string(text).render(context.functions(), **context.values())
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(name, error.lineno, error.message or "it is no template") from error
    except jinja2.TemplateError as error:
        raise TemplateError(name, None, error.message or str(error)) from error
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as error:
        if error.__class__.__module__.startswith("irdb_sql"):
            raise
        raise TemplateError(name, None, str(error)) from error


class _Markup(str):
    """A text of the renderer, which is not escaped again."""

    __slots__ = ()


def _environment(renderer: Renderer) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: value if isinstance(value, _Markup) else renderer.text(value),
    )

    def table(answer: Answer, *columns: str, folded: str = "") -> _Markup:
        return _Markup(renderer.table(answer, columns, folded=folded))

    def chart(answer: Answer, kind: Kind, *, title: str = "", per: str | None = None, **channels: str) -> _Markup:
        return _Markup(renderer.chart(answer, kind, Channels(**channels), title=title, per=per))

    def pictures(answer: Answer, *columns: str, captions: list[str], titles: list[str]) -> _Markup:
        return _Markup(renderer.pictures(answer, columns, captions, titles))

    def constants(answer: Answer) -> _Markup:
        row = answer.rows[0] if answer.rows else {}
        names = [name for name in answer.constants() if row[name] is not None]
        values = [f"{answer.heading(name)} {format_value(name, row[name])}" for name in names]
        return _Markup(f"The same in every row: {', '.join(map(renderer.text, values))}." if values else "")

    environment.filters |= {
        "table": table, "chart": chart, "pictures": pictures, "constants": constants, "plural": plural,
    }  # fmt: skip
    return environment

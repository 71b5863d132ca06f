"""Finds the reports: each is one template in the folder `templates`.

The first line of a template is a comment with the summary of the report.
"""

from __future__ import annotations

import re
from pathlib import Path

from irdb_sql.engine.errors import UnknownNameError

TEMPLATES = Path(__file__).parent / "templates"
_SUFFIX = ".md.jinja"

REPORTS = tuple(sorted(path.name.removesuffix(_SUFFIX) for path in TEMPLATES.glob(f"*{_SUFFIX}")))
"""The names of all reports."""


def template_text(name: str) -> str:
    """Return the template of a report, without its summary.

    Raises:
        UnknownNameError: No report has this name.
    """
    if name not in REPORTS:
        raise UnknownNameError("report", name, REPORTS)
    return _SUMMARY.sub("", _read(name))


def report_summary(name: str) -> str:
    """Return what a report says of the data, in one line.

    Example:
        >>> report_summary("audit")
        'the checks of the labels, with the rows that fail'
    """
    summary = _SUMMARY.match(_read(name))
    return "" if summary is None else summary[1]


def describe_reports() -> str:
    """List names and summaries of all reports, for help."""
    width = max(map(len, REPORTS)) + _GAP
    return "\n".join(f"{name:{width}}{report_summary(name)}" for name in REPORTS)


_SUMMARY = re.compile(r"\A\{#\s*(.*?)\s*#\}\n")
_GAP = 3  # spaces between two columns of help


def _read(name: str) -> str:
    return (TEMPLATES / f"{name}{_SUFFIX}").read_text(encoding="utf-8")

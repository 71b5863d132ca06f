"""Failures of templates, and of reports to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.core.regular_files import describe_absent
from irdb_sql.errors import IrdbError, NotFoundError, quoted

if TYPE_CHECKING:
    from pathlib import Path


class TemplateError(IrdbError, ValueError):
    """A template of one's own is no template, or fails."""

    def __init__(self, name: str, line: int | None, complaint: str) -> None:
        place = f", line {line}" if line is not None else ""
        super().__init__(
            f"the template {quoted(name)}{place} fails: {complaint}",
            "`irdb report --init FILE` writes one that works; docs/reports.md tells its building blocks.",
        )


class TemplateNotFoundError(NotFoundError):
    """There is no such template."""

    def __init__(self, path: Path) -> None:
        super().__init__(describe_absent(path, "template"), "`irdb report --init FILE` writes one, to be edited.")


class OldReportError(IrdbError, ValueError):
    """A file is no report in JSON that another can be compared with."""

    def __init__(self, path: Path, complaint: str) -> None:
        super().__init__(
            f"{quoted(path)} is no report to compare with: {complaint}",
            "pass a file that `irdb report --format json` wrote.",
        )

"""The page `/audit`: the findings of every check of the labels, each leading to its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.explore.page import Page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.explore.page import Explorer

SEVERITIES = ("error", "warning", "note")
"""How severe a finding can be, the most severe first."""


def _respond(explorer: Explorer, request: Request) -> Response:
    checks = explorer.answers.ask("audit").to_dicts()
    found = [check for check in checks if check["findings"]]
    return explorer.show(
        "audit.html.jinja",
        request,
        title="Audit",
        severities=SEVERITIES,
        checks=sorted(found, key=lambda check: SEVERITIES.index(check["severity"])),
        clean=[check for check in checks if not check["findings"]],
        repetitions=[("Audit", explorer.repeat("audit", {}))],
    )


page = Page("/audit", "Audit", 5, _respond)

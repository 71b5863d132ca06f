"""The part `/verdicts` of the overview, which may take a second: what the audit finds, and which scorer leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.charts.labels import contenders
from irdb_sql.core.schema import SPLITS
from irdb_sql.explore.page import Page
from irdb_sql.explore.pages.audit import SEVERITIES
from irdb_sql.explore.pages.pairs import LISTED
from irdb_sql.scorers.leaderboard import describe_leaderboard, leaderboard

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.explore.page import Explorer


def _respond(explorer: Explorer, request: Request) -> Response:
    checks = explorer.answers.ask("audit").to_dicts()
    findings = {
        severity: sum(check["findings"] for check in checks if check["severity"] == severity) for severity in SEVERITIES
    }
    explorer.ask_ahead((query, {}, ()) for query in ("classifications", "found_prompts", "score_coverage"))
    explorer.ask_ahead([("found_pairs", {}, LISTED)])
    leaders = [(split, _leader(explorer, split)) for split in SPLITS] if explorer.db.has_scores else []
    return explorer.show(
        "verdicts.html.jinja", request, findings=findings, leaders=[leader for leader in leaders if leader[1]]
    )


def _leader(explorer: Explorer, split: str) -> dict[str, object] | None:
    """Return the best scorer of a split, what the page says of it, and its accuracy with an interval."""
    estimates = explorer.estimates().filter(pl.col("value").is_not_null(), metric="acc_micro", split=split)
    board = leaderboard(estimates.filter(pl.col("scorer").is_in(contenders(estimates["scorer"]))))
    if board.is_empty():
        return None
    best = describe_leaderboard(board).row(0, named=True)
    words = "leads with" if board.height > 1 else "has"
    return {"scorer": best["scorer"], "words": words, "accuracy": best["acc_micro"]}


page = Page("/verdicts", "", 0, _respond, is_part=True)

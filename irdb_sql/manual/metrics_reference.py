"""Writes the reference of numbers about scorers, judges and generators from the view `metrics`."""

from __future__ import annotations

import irdb_sql
from irdb_sql.manual.markdown import escape, page, table

_BETTER = {True: "higher", False: "lower", None: ""}


def metrics_pages() -> dict[str, str]:
    """Return the page by its path below the folder of the reference."""
    with irdb_sql.connect() as db:
        rows = db.query("metrics").iter_rows(named=True)
    by_owner: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        cells = (f"`{row['metric']}`", escape(row["meaning"]), _BETTER[row["higher_is_better"]], escape(row["source"]))
        by_owner.setdefault(row["computed_by"], []).append(cells)
    return {
        "metrics.md": page(
            "# Metrics",
            "Every number about scorers, judges and generators, by the query, macro or method that computes it. "
            "`irdb query metrics` has the same, with ranges and chance.",
            *(
                f"## {owner}\n\n{table(['number', 'meaning', 'better', 'source'], cells)}"
                for owner, cells in by_owner.items()
            ),
        )
    }

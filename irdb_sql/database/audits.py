"""The facade method that counts the faults of the labels, check by check."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.splits import check_subset, join_splits
from irdb_sql.core.steps import tell_step

if TYPE_CHECKING:
    import polars as pl

    from irdb_sql.core import thread_pool
    from irdb_sql.core.schema import Subset
    from irdb_sql.core.splits import Splits
    from irdb_sql.database.facade import ImageRewardDB
else:
    pl = late("polars")
    thread_pool = late("irdb_sql.core.thread_pool")


def audit(self: ImageRewardDB, *, split: Splits | None = None, subset: Subset | None = None) -> pl.DataFrame:
    """Count the findings of every check of the labels.

    The rows are those of the query `audit`, defined in `queries/audit/audit.sql`, and so is their order: errors,
    warnings, notes. Here each check is a statement of its own, two at a time, which takes a third of the time, and a
    step that the logger `irdb_sql.steps` tells. The query of a check's name has its findings.

    Args:
        split: The splits to check; None checks all. With one split, nothing is compared between splits.
        subset: The published subset to check; None checks every image.

    Returns:
        One row per check: place (Int32), check_name, severity (`error`, `warning` or `note`), findings (Int64) and
        meaning.

    Raises:
        UnknownSplitError: `split` is not train, validation or test.
        UnknownSubsetError: `subset` is not 1k, 2k, 4k or 8k.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db:
        ...     db.audit().filter(severity="warning", findings=1)["check_name"].to_list()
        ['shared_prompts']
    """
    check_subset(subset)
    arguments = [join_splits(split), subset]
    checks = self._engine.rows("audit_checks").sort("place")
    self._engine.define(checks["check_name"].to_list())
    # The next check is planned while one runs: for small data, planning takes longer than counting.
    counts = thread_pool.in_order(
        (partial(self._engine.count, name, arguments) for name in checks["check_name"]), thread_pool.CORES
    )
    findings = []
    for number, name in enumerate(checks["check_name"], 1):
        tell_step("check", number, checks.height, name)
        findings.append(next(counts))
    return checks.select("place", "check_name", "severity", pl.Series("findings", findings, pl.Int64), "meaning")

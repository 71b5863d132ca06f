"""Compares judges, models that say which of two images is better, with people, for the facades."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice, check_options
from irdb_sql.core.splits import check_subset, join_splits
from irdb_sql.judges.errors import UnusableJudgementError
from irdb_sql.judges.options import JudgedImages, JudgementOptions, JudgeOptions
from irdb_sql.scorers.options import CONFIDENCE, MISSING, make_resampling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.protocol import QueryEngine, Session
    from irdb_sql.judges import intervals, rows
    from irdb_sql.scorers import tables
    from irdb_sql.scorers.tables import Scores
else:
    intervals = late("irdb_sql.judges.intervals")  # loads NumPy
    rows = late("irdb_sql.judges.rows")
    tables = late("irdb_sql.scorers.tables")


class JudgeComparison:
    """Comparison of judges with people, on one engine.

    Args:
        engine: Where statements run.
        catalog: The named queries.
    """

    def __init__(self, engine: QueryEngine, catalog: SqlCatalog) -> None:
        self._engine = engine
        self._catalog = catalog

    def accuracy(self, judgements: Scores, options: JudgeOptions) -> pl.DataFrame:
        """Answer `judge_accuracy`, with intervals."""
        check_options(options, JudgeOptions)
        confidence = make_resampling({"confidence": options.get("confidence", CONFIDENCE)}).confidence
        images = _images(options)
        with self._session(judgements, images, options.get("missing", "error")) as session:
            accuracies = session.answer(self._catalog.queries["judge_accuracy"], images)
            terms = session.call("judge_terms", list(images.values()))
        return intervals.with_intervals(accuracies, terms, confidence)

    def pairs(self, judgements: Scores, options: JudgementOptions) -> pl.DataFrame:
        """Answer `judged_pairs`."""
        check_options(options, JudgementOptions)
        images = _images(options)
        with self._session(judgements, images, options.get("missing", "error")) as session:
            return session.answer(self._catalog.queries["judged_pairs"], images)

    def coverage(self, judgements: Scores, options: JudgedImages) -> pl.DataFrame:
        """Answer `judgement_coverage`."""
        check_options(options, JudgedImages)
        images = _images(options)
        with self._session(judgements, images, "drop") as session:
            return session.answer(self._catalog.queries["judgement_coverage"], images)

    @contextmanager
    def _session(self, judgements: Scores, images: Mapping[str, object], missing: str) -> Iterator[Session]:
        """Open a session with judgements, matched with images once for all its statements.

        Raises:
            UnusableJudgementError: A judgement cannot be used, and `missing` is `error`.
        """
        check_choice("missing", missing, MISSING)
        judgement_rows = rows.judgement_rows(tables.read_tables(judgements))
        with self._engine.session() as session:
            session.shadow_view("judgement_rows", judgement_rows)
            session.materialize("judgement_matches", "judgement_matches")
            if missing == "error":
                faults = session.answer(self._catalog.queries["judgement_faults"], {**images, "limit": 1})
                for row in faults.iter_rows(named=True):
                    raise UnusableJudgementError(**row)
            yield session


def _images(options: JudgedImages) -> dict[str, object]:
    """Check the images that are selected, and return the parameters of queries."""
    split, subset = join_splits(options.get("split")), options.get("subset")
    check_subset(subset)
    return {"split": split, "subset": subset}

"""Compares generators (models that make images) for the facades."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice, check_options
from irdb_sql.errors import ArgumentTypeError
from irdb_sql.scorers.errors import NoGeneratorVotesError, UncomparedPairsWarning
from irdb_sql.scorers.options import TIES, StrengthOptions, make_resampling

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.engine.protocol import QueryEngine, Session
    from irdb_sql.scorers import bradley_terry, generators, tables
    from irdb_sql.scorers.generators import HumanRanking
    from irdb_sql.scorers.tables import Scores
else:
    pl = late("polars")
    bradley_terry = late("irdb_sql.scorers.bradley_terry")
    generators = late("irdb_sql.scorers.generators")
    tables = late("irdb_sql.scorers.tables")


class GeneratorComparison:
    """Comparison of generators by scores of their images, or by people's votes on them, on one engine.

    Args:
        engine: Where statements run.
        catalog: The named queries.
    """

    def __init__(self, engine: QueryEngine, catalog: SqlCatalog) -> None:
        self._engine = engine
        self._catalog = catalog

    def answer(self, name: str, scores: Scores | None, human_ranking: HumanRanking | None = None) -> pl.DataFrame:
        """Answer a named query about generators.

        Args:
            name: The query.
            scores: Scores of the generators' images; None takes the votes of the data.
            human_ranking: People's ranking of the generators.
        """
        with self._session(scores, human_ranking) as session:
            return session.answer(self._catalog.queries[name])

    def strengths(self, scores: Scores | None, options: StrengthOptions) -> pl.DataFrame:
        """Fit strengths to the generators' wins, with intervals."""
        return self._fit(scores, options).strengths()

    def effects(self, scores: Scores | None, options: StrengthOptions) -> pl.DataFrame:
        """Fit effects of covariates and of ties to the generators' wins, with intervals.

        Raises:
            ArgumentTypeError: There are neither covariates nor a parameter of ties.
        """
        if options.get("covariates") is None and options.get("ties", "half") == "half":
            raise ArgumentTypeError("covariates", None, "covariates, or ties='davidson', which have effects")
        return self._fit(scores, options).effects()

    def _fit(self, scores: Scores | None, options: StrengthOptions) -> bradley_terry.FittedStrengths:
        check_options(options, StrengthOptions)
        intervals, ties = make_resampling(options), options.get("ties", "half")
        check_choice("ties", ties, TIES)
        with self._session(scores) as session:
            pairs = session.answer(self._catalog.queries["generator_pairs"])
            names = ("generator", "other_generator")
            generators = (
                pl.concat([pairs[name].alias("generator") for name in names]).unique()
                if scores is None
                else session.answer(self._catalog.queries["generator_stats"])["generator"]
            )
        return bradley_terry.fit_strengths(
            pairs, generators, intervals, has_ties=ties == "davidson", covariates=options.get("covariates")
        )

    @contextmanager
    def _session(self, scores: Scores | None, human_ranking: HumanRanking | None = None) -> Iterator[Session]:
        if scores is None:
            with self._engine.session() as session:
                self._check_votes(session)
                yield session
            return
        rows = generators.generator_rows(tables.read_tables(scores))
        with self._engine.session() as session:
            session.shadow_view("generator_scores", rows)
            if human_ranking is not None:
                ranks = generators.ranking_rows(human_ranking, set(rows["generator"].unique()))
                session.shadow_view("human_ranking", ranks)
            yield session

    def _check_votes(self, session: Session) -> None:
        """Tell how many pairs with votes compare no two generators.

        Raises:
            NoGeneratorVotesError: None does.
        """
        counts = session.answer(self._catalog.queries["uncompared_pairs"]).rows()
        pairs, same, unknown = counts[0] if counts else (0, 0, 0)
        if same + unknown == pairs:
            raise NoGeneratorVotesError(pairs)
        if same + unknown:
            warnings.warn(UncomparedPairsWarning(pairs, same, unknown), stacklevel=2)

"""Sessions with scores: checks the scores, tunes ties, and queries the macros of metrics."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Self

import polars as pl

from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice
from irdb_sql.core.splits import join_splits, split_names
from irdb_sql.core.steps import tell_step
from irdb_sql.engine.single_query import read_query
from irdb_sql.scorers.errors import (
    MissingScoreError,
    NoRankingFileError,
    NoTiesError,
    SameSplitError,
    UnusableScoreError,
)
from irdb_sql.scorers.kept import KeptFrames
from irdb_sql.scorers.labels import join_labels
from irdb_sql.scorers.options import BASELINES, make_resampling, parse_groupings, parse_metrics
from irdb_sql.scorers.rows import scorer_rows
from irdb_sql.scorers.tables import read_tables
from irdb_sql.sources.local import find_source

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from irdb_sql.core.catalog import SqlCatalog
    from irdb_sql.core.splits import Splits
    from irdb_sql.engine.protocol import QueryEngine, Session
    from irdb_sql.scorers import evaluate, rankless
    from irdb_sql.scorers import terms as term_counts
    from irdb_sql.scorers.options import EvaluationOptions
    from irdb_sql.scorers.rows import Generations
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import PathLike, Source

    Keep = Callable[[Hashable, Callable[[], pl.DataFrame]], pl.DataFrame]
else:
    evaluate = late("irdb_sql.scorers.evaluate")  # loads NumPy, which coverage does not need
    rankless = late("irdb_sql.scorers.rankless")
    term_counts = late("irdb_sql.scorers.terms")  # likewise


class ScoreSession:
    """Scores in a session of the engine, which is opened for the first result that is not kept.

    Args:
        engine: Where statements run.
        catalog: The named queries.
        options: The options of the evaluation, complete.
        attach: Adds the scores of this call, if there are any, to the session.
        are_baselines: Whether the scores are those of the baselines and no others.
        are_own: Whether the scores are those of the engine, which has matched them with images.
        keep: Returns the kept frame of a name, or computes it; None computes all frames in one session.
        counts_terms: Whether the terms of metrics are counted here and not by the engine.
    """

    def __init__(  # noqa: PLR0913 - all but three are keyword-only
        self,
        engine: QueryEngine,
        catalog: SqlCatalog,
        options: EvaluationOptions,
        *,
        attach: Callable[[ScoreSession, Session], None],
        are_baselines: bool,
        are_own: bool,
        keep: Keep | None = None,
        counts_terms: bool = False,
    ) -> None:
        self._engine = engine
        self._catalog = catalog
        self._options = options
        self._attach = attach
        self._are_baselines = are_baselines
        self._counts_terms = counts_terms
        self._are_own = are_own
        self._keep = keep or partial(KeptFrames().get, None)
        self._on_exit = ExitStack()
        self._opened: Session | None = None
        names = ("split", "subset", "missing", "tune_ties_on", "allow_same_split")
        self._scope = (are_baselines, *(options.get(name) for name in names))  # what kept frames are of
        self.confidence = make_resampling(options).confidence

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._on_exit.close()

    @property
    def _session(self) -> Session:
        """The session, in which scores are matched, checked, and restricted to the images of the evaluation."""
        if self._opened is None:
            self._opened = self._on_exit.enter_context(self._engine.session())
            self._attach(self, self._opened)
            self._match_scores(self._opened)
            self._tune_ties(self._opened)
        return self._opened

    def answer(self, name: str, **more: object) -> pl.DataFrame:
        """Answer a named query about the evaluated images."""
        images = {"split": self._options.get("split"), "subset": self._options.get("subset")}
        return self._session.answer(self._catalog.queries[name], images | more)

    def attach_scores(self, scores: Scores, rankings: Callable[[str], Generations]) -> None:
        """Replace the scores that the database was opened with, in this session.

        Args:
            scores: The scores, or the word `baselines`.
            rankings: Returns, for the name of a source of rewards, each prompt and its image paths in their order.
        """
        tell_step("step", 1, _STEPS, "reading scores")
        keywords = {BASELINES: lambda: self._session.rows("baseline_scores")}
        rows = scorer_rows(read_tables(scores, keywords=keywords), rankings)
        # Categorical columns hold each name of an image or scorer once, not once per score.
        self._session.shadow_view("score_rows", rows.cast({pl.String: pl.Categorical}))

    def publish_scores(self) -> None:
        """Replace the scores of the engine, and what they match, for all further statements."""
        for view in ("score_rows", "score_matches"):
            self._session.publish(view)

    def _match_scores(self, session: Session) -> None:
        """Find the image of each score and check all scores, once for all further queries."""
        tell_step("step", 2, _STEPS, "matching scores with images")
        if not self._are_own:
            session.materialize("score_matches", "baseline_matches" if self._are_baselines else "given_matches")
        is_checked = self._options["missing"] == "error" and not self._are_baselines
        if is_checked:
            self._check_faults()
        split = self._options.get("split")
        if split is not None and (other := self._tuned_on) is not None:
            split = join_splits(f"{split},{other}")
        if not (self._are_own and self._engine.holds_scores):
            session.materialize("image_scores", "selected_scores", [split, self._options.get("subset")])
        tell_step("step", 3, _STEPS, "looking for missing scores")
        if is_checked:
            self._check_missing()

    def _check_faults(self) -> None:
        """Raise an error for the first score that cannot be used."""
        for row in self.answer("score_faults", limit=1).iter_rows(named=True):
            place = f"row {row['source_row']:,} of {row['source']}"
            raise UnusableScoreError(row["fault"], row["scorer"], row["image"], place, row["all_faults"])

    @property
    def _tuned_on(self) -> str | None:
        """The splits that something is tuned on: ε of ties, or the threshold of a protocol."""
        named = self._options.get("tune_ties_on")
        is_needed = named is not None or self._options.get("protocol") is not None
        return str(named or "validation") if is_needed else None

    @property
    def coverage(self) -> pl.DataFrame:
        """Numbers of scored images and of unusable scores, by scorer and split."""
        images = (self._are_baselines, self._options.get("split"), self._options.get("subset"))
        return self._keep(("coverage", *images), lambda: self.answer("score_coverage"))

    @property
    def epsilons(self) -> pl.DataFrame:
        """The tuned ε of acc_eq, by scorer; without tuning there are none."""
        split = self._options.get("tune_ties_on")
        if split is None:
            return pl.DataFrame(schema={"scorer": pl.String, "epsilon": pl.Float64})
        thresholds = self._keep(("epsilons", *self._scope), lambda: self.answer("tie_thresholds", split=split))
        return thresholds.select("scorer", "epsilon")

    def metric_estimates(self) -> tuple[Iterator[evaluate.MetricEstimates], dict[str, pl.DataType]]:
        """Evaluate every scorer.

        Returns:
            The estimates of each group, and the names and types of the columns that groups are made by.
        """
        by, names = self._options.get("by", ()), parse_groupings(self._options)
        tell_step("step", 4, _STEPS, "comparing scores with ranks, prompt by prompt")
        terms = self._terms(by_rank_gap="rank_gap" in names)
        tell_step("step", 5, _STEPS, "testing differences of scorers")
        rows = terms.select(_KEYS)
        if isinstance(by, pl.DataFrame):
            rows, names = join_labels(rows, by)
        metrics = self._select_metrics(of_pairs="rank_gap" in names)
        scorers, splits = (self.coverage[name].unique().sort().to_list() for name in ("scorer", "split"))
        if "rank_gap" not in names:
            rankless.warn_of_rankless(terms, metrics, splits)
        scope = evaluate.EvaluationScope(scorers, splits, metrics, names)
        types = {name: rows.schema[name] for name in names}
        return evaluate.evaluate(rows, terms, scope, make_resampling(self._options)), types

    def protocol_values(self, protocol: str) -> pl.DataFrame:
        """Evaluate every scorer by the rule of a published script, or by all of them.

        Raises:
            ChoiceError: There is no such protocol.
        """
        names = self.answer("protocols")["protocol"].to_list()
        check_choice("protocol", protocol, [*names, ALL_PROTOCOLS])
        values = self.answer("protocol_values", tuned_on=self._tuned_on).drop("place")
        return values if protocol == ALL_PROTOCOLS else values.filter(protocol=protocol)

    def _terms(self, *, by_rank_gap: bool) -> pl.DataFrame:
        """Return what each prompt adds to each term of the metrics."""
        arguments = [self._options.get("split"), self._options.get("subset"), None, by_rank_gap]
        name = ("terms", *self._scope, by_rank_gap)

        def count() -> pl.DataFrame:
            epsilons = dict.fromkeys(self.coverage["scorer"].unique().sort()) | dict(self.epsilons.iter_rows())
            if self._counts_terms and epsilons:
                with suppress(term_counts.LargePromptError):
                    return term_counts.count_terms(self._session, arguments[:2], epsilons, by_rank_gap=by_rank_gap)
            return self._session.call("prompt_terms", arguments)

        return self._keep(name, count)

    def _select_metrics(self, *, of_pairs: bool) -> pl.DataFrame:
        """Return the rows of the metrics in the option `metric`, or of all; a rank gap has only those of pairs.

        Raises:
            ChoiceError: There is no such metric.
        """
        metrics = self._keep("metrics", lambda: self.answer("evaluated_metrics"))
        metrics = metrics.filter(pl.col("of_pairs") | (not of_pairs))
        names = parse_metrics(self._options)
        for name in names or ():
            check_choice("metric", name, metrics["metric"].to_list())
        return metrics if names is None else metrics.filter(pl.col("metric").is_in(names))

    def _check_missing(self, split: Splits | None = None) -> None:
        """Raise an error for the first evaluated image without a score."""
        images = {} if split is None else {"split": split}
        for row in self.answer("missing_scores", with_baselines=False, limit=1, **images).iter_rows(named=True):
            counts = self.answer("score_coverage", **images).filter(scorer=row["scorer"], split=row["split"])
            missing, total = counts.select("missing_images", "images").row(0)
            raise MissingScoreError(row["scorer"], row["image_path"], row["split"], missing, total)

    def _tune_ties(self, session: Session) -> None:
        """Tune each scorer's ε of acc_eq on splits, for further queries."""
        split = self._options.get("tune_ties_on")
        if split is None or self._options.get("protocol") is not None:
            return
        if self.coverage["split"].is_in(split_names(split)).any() and not self._options.get("allow_same_split"):
            raise SameSplitError(str(split))
        if self._options["missing"] == "error" and not self._are_baselines:
            self._check_missing(split)
        untuned = self.coverage.join(self.epsilons, on="scorer", how="anti")["scorer"]
        for scorer in untuned.unique().sort():
            raise NoTiesError(str(split), scorer)
        session.shadow_view("tie_epsilons", self.epsilons)


ALL_PROTOCOLS = "all"
"""The word that asks for every protocol."""
_STEPS = 5
_KEYS = ("scorer", "split", "part", "prompt_id", "classification", "images", "rank_gap", "first_row")


def make_rankings_reader(
    source: Source, ranking_file: PathLike | None, catalog: SqlCatalog
) -> Callable[[str], Generations]:
    """Make a function that reads each prompt's images in ranking-file order.

    Args:
        source: The source of the database, whose ranking files are the default.
        ranking_file: The ranking file, whose order rewards have.
        catalog: The named queries.

    Raises:
        SourceNotFoundError, UnreadableError: There is no such ranking file, or it cannot be opened.
    """
    if ranking_file is not None:
        find_source(ranking_file)  # which raises an error, although only rewards need it

    def read_rankings(rewards_source: str) -> Generations:
        ranking_files = [file.path for file in source.files if file.kind.orders_images]
        files = ranking_files if ranking_file is None else ranking_file
        if not files:
            raise NoRankingFileError(rewards_source)
        groups = read_query(find_source(files), catalog, "groups").select("prompt_id", "prompt", "image_path")
        return {prompt_id: (prompt, paths) for prompt_id, prompt, paths in groups.iter_rows()}

    return read_rankings

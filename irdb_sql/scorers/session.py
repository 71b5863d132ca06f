"""Sessions that see scores: refuses scores that cannot be used, tunes ties, and asks the macros about what is left."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl

from irdb_sql.engine.single_query import read_query
from irdb_sql.scorers.errors import (
    MissingScoreError,
    NoRankingFileError,
    NoTiesError,
    SameSplitError,
    ScoreColumnError,
    UnusableScoreError,
)
from irdb_sql.scorers.options import groupings, resampling
from irdb_sql.scorers.rows import BASELINES, scorer_rows
from irdb_sql.scorers.tables import open_tables
from irdb_sql.sources.local import find_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from irdb_sql.core.catalog import SqlFiles
    from irdb_sql.engine.protocol import QueryEngine, Session
    from irdb_sql.scorers.evaluate import Judgement
    from irdb_sql.scorers.options import EvaluationOptions
    from irdb_sql.scorers.rows import Generations
    from irdb_sql.scorers.tables import Scores
    from irdb_sql.sources.local import PathLike, Source


class ScoreSession:
    """A session of the engine that sees scores, and what it is asked of them.

    Args:
        session: The engine's.
        catalog: The named queries.
        options: What to judge, checked.
    """

    def __init__(self, session: Session, catalog: SqlFiles, options: EvaluationOptions) -> None:
        self._session = session
        self._catalog = catalog
        self._options = options
        self.confidence = resampling(options).confidence
        self.epsilons = pl.DataFrame(schema={"scorer": pl.String, "epsilon": pl.Float64})

    def answer(self, name: str, **more: object) -> pl.DataFrame:
        """Answer a named query about the images that scorers are evaluated on."""
        images = {"split": self._options.get("split"), "subset": self._options.get("subset")}
        return self._session.answer(self._catalog.queries[name], images | more)

    def attach_scores(self, scores: Scores, rankings: Callable[[str], Generations]) -> None:
        """Let the session see scores instead of those that the database was opened with.

        Args:
            scores: The scores, or the word `baselines`.
            rankings: Returns for a source of rewards each prompt and its image paths, in the order of the rewards.
        """
        words = {BASELINES: lambda: self._session.rows("baseline_scores")}
        rows = scorer_rows(open_tables(scores, words=words), rankings)
        # Each name of an image or scorer is held once and not for each score.
        self._session.shadow_view("score_rows", rows.cast({pl.String: pl.Categorical}))

    def publish_scores(self) -> None:
        """Let every statement of the engine see the scores from now on."""
        self._session.publish("score_rows")

    def match_scores(self) -> None:
        """Find the image of each score once, for all that is asked afterwards."""
        self._session.materialize("score_matches")

    def refuse_faults(self) -> None:
        """Raise an error for the first score that cannot be used."""
        for row in self.answer("score_faults", limit=1).iter_rows(named=True):
            place = f"row {row['source_row']:,} of {row['source']}"
            raise UnusableScoreError(row["fault"], row["scorer"], row["image"], place, row["all_faults"])

    def prepare(self) -> None:
        """Refuse images without a score unless told to drop them, and tune ties if told so."""
        if self._options["missing"] == "error":
            self._refuse_missing()
        if (split := self._options.get("tune_ties_on")) is not None:
            self._tune_ties(split)

    @functools.cached_property
    def coverage(self) -> pl.DataFrame:
        """How many images each scorer has scored of each split, and what was given in vain."""
        return self.answer("score_coverage")

    def judged(self) -> tuple[Iterator[Judgement], dict[str, pl.DataType]]:
        """Judge every scorer.

        Returns:
            The judgements, and names and types of the columns that they are grouped by.
        """
        from irdb_sql.scorers.evaluate import Subjects, judge  # noqa: PLC0415 - NumPy is needed by few questions

        by, names = self._options.get("by", ()), groupings(self._options)
        arguments = [self._options.get("split"), self._options.get("subset"), None, "rank_gap" in names]
        terms = self._session.call("prompt_terms", arguments)
        rows = terms.select(_KEYS)
        if isinstance(by, pl.DataFrame):
            rows, names = _labelled(rows, by)
        metrics = self.answer("metrics").filter(pl.col("of_pairs") | ("rank_gap" not in names))
        scorers, splits = (self.coverage[name].unique().sort().to_list() for name in ("scorer", "split"))
        subjects = Subjects(scorers, splits, metrics, names)
        types = {name: rows.schema[name] for name in names}
        return judge(rows, terms, subjects, resampling(self._options)), types

    def _refuse_missing(self, split: str | None = None) -> None:
        """Raise an error for the first ranked image, of a split or of all that are judged, that has no score."""
        chosen = {} if split is None else {"split": split}
        for row in self.answer("missing_scores", with_baselines=False, limit=1, **chosen).iter_rows(named=True):
            counts = self.answer("score_coverage", **chosen).filter(scorer=row["scorer"], split=row["split"])
            missing, images = counts.select("missing_images", "images").row(0)
            raise MissingScoreError(row["scorer"], row["image_path"], row["split"], missing, images)

    def _tune_ties(self, split: str) -> None:
        """Find each scorer's ε of acc_eq on a split, and let all that is asked afterwards use it."""
        if split in self.coverage["split"] and not self._options.get("allow_same_split"):
            raise SameSplitError(split)
        if self._options["missing"] == "error":
            self._refuse_missing(split)
        self.epsilons = self.answer("tie_thresholds", split=split).select("scorer", "epsilon")
        untold = self.coverage.join(self.epsilons, on="scorer", how="anti")["scorer"]
        for scorer in untold.unique().sort():
            raise NoTiesError(split, scorer)
        self._session.shadow_view("tie_epsilons", self.epsilons)


_KEYS = ("scorer", "split", "part", "prompt_id", "classification", "images", "rank_gap", "first_row")


@contextmanager
def score_session(
    engine: QueryEngine,
    catalog: SqlFiles,
    options: EvaluationOptions,
    attach: Callable[[ScoreSession, Session], None],
) -> Iterator[ScoreSession]:
    """Open a session that sees scores, and has refused those that cannot be used unless told to drop them.

    Args:
        engine: Where statements run.
        catalog: The named queries.
        options: What to judge, checked.
        attach: Lets the session see scores of its own, if there are any.

    Raises:
        ScoreError: The scores cannot be read, or used.
    """
    with engine.session() as session:
        opened = ScoreSession(session, catalog, options)
        attach(opened, session)
        opened.match_scores()
        if options["missing"] == "error":
            opened.refuse_faults()
        yield opened


def rewarded_rankings(source: Source, ranking_file: PathLike | None, catalog: SqlFiles) -> Callable[[str], Generations]:
    """Return a function that reads each prompt's image paths in the order of the ranking file that rewards follow.

    Args:
        source: The source that is asked, whose ranking files are read if none is named.
        ranking_file: The ranking file.
        catalog: The named queries.
    """

    def rankings(rewards: str) -> Generations:
        files = (
            [file.path for file in source.files if file.kind.orders_images] if ranking_file is None else ranking_file
        )
        if not files:
            raise NoRankingFileError(rewards)
        groups = read_query(find_source(files), catalog, "groups").select("prompt_id", "prompt", "image_path")
        return {prompt_id: (prompt, paths) for prompt_id, prompt, paths in groups.iter_rows()}

    return rankings


def _labelled(rows: pl.DataFrame, labels: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Join columns of the user's own to prompts, and return their names."""
    keys = [name for name in ("split", "prompt_id") if name in labels.columns]
    names = [name for name in labels.columns if name not in keys]
    taken = [name for name in names if name in _TAKEN]
    nested = [name for name in names if labels.schema[name].is_nested() or labels.schema[name] == pl.Object]
    problem = (
        "has no column prompt_id"
        if "prompt_id" not in keys
        else "has no column but the keys of prompts"
        if not names
        else f"has a column {taken[0]!r}, a name that has a meaning here"
        if taken
        else f"has a column {nested[0]!r} whose values are no single ones"
        if nested
        else "has several rows for a prompt"
        if labels.select(keys).is_duplicated().any()
        else None
    )
    if problem is not None:
        hint = "pass prompt_id, split if ids repeat, and columns to group by."
        raise ScoreColumnError("by", problem, labels.columns, hint)
    labels = labels.with_columns(pl.col(keys).cast(pl.String))
    if rows.height and rows.join(labels, on=keys, how="semi").is_empty():
        raise ScoreColumnError("by", "names no prompt that is judged", labels.columns, "check its prompt_id and split.")
    return rows.drop(names, strict=False).join(labels, on=keys, how="left", maintain_order="left"), names


_TAKEN = (
    "scorer", "first_row", "metric", "value", "lower", "upper", "chance", "rank_best", "rank_worst", "prompts", "pairs",
    "epsilon", "scored_images", "all_images", "unused_scores", "other_scorer", "difference", "separated",
)  # fmt: skip

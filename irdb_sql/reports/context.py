"""The functions and values that a template can use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from irdb_sql.charts.labels import BASELINE_NAMES, LIMITS, contenders, heading
from irdb_sql.core import catalog as catalogs
from irdb_sql.core.steps import tell_step
from irdb_sql.database.opening import details_of
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.reports.answers import command_line, make_answer, repeating_command
from irdb_sql.scorers.leaderboard import METRICS, describe_leaderboard, leaderboard
from irdb_sql.sources.provenance import files_of, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.reports.answers import Answer
    from irdb_sql.reports.options import Scope

_EVALUATION_QUESTION = "How well does each scorer agree with people?"
_COVERAGE = "score_coverage"
_TEXTS = ("split", "rank", "scorer")
"""Columns of a described leaderboard that are no numbers to a reader."""
_SHOWN = (*METRICS, "recall@2", "recall@4", "filter@2", "filter@4")
"""Metrics that the reports of the package show, evaluated together, and without the others in less time."""
_OF_MOST_PAIRS = "acc_eq"
"""The metric whose pairs are the largest numbers that are summed, to which all sums are rounded: evaluated with it,
other metrics have the intervals that they have among all metrics, to the last bit."""


class TemplateContext:
    """Asks a database a template's questions, and keeps the answers in order.

    Args:
        db: The database.
        scope: The part of the data that the report is about.

    Attributes:
        answers: Each answer once, by what it was asked.
        missing: Sentences of the template about what the data lacks.
        questions: About how many questions the template asks, for progress.
    """

    def __init__(self, db: ImageRewardDB, scope: Scope) -> None:
        self._db = db
        self._scope = scope
        self._estimates: list[pl.DataFrame] = []
        self.answers: dict[str, Answer] = {}
        self.missing: list[str] = []
        self.questions = 0
        self._asked = 0
        self.source = {
            "name": db.source.name,
            "revision": db.source.revision,
            "has_scores": db.has_scores,
            "has_votes": db.source.audit_profile is not None,
        }
        self.scope = scope._asdict()
        self.versions = versions()

    def functions(self) -> dict[str, Callable[..., object]]:
        """Return what a template can call, by name."""
        functions: tuple[Callable[..., object], ...] = (
            self.ask, self.sql, self.leaderboard, self.evaluate, self.differences, self.files, self.lacks, contenders,
        )  # fmt: skip
        return {function.__name__: function for function in functions}

    def values(self) -> dict[str, object]:
        """Return what a template can read, by name."""
        return {
            "source": self.source, "scope": self.scope, "versions": self.versions, "limits": LIMITS,
            "baselines": BASELINE_NAMES,
        }  # fmt: skip

    def ask(self, query: str, **params: object) -> Answer:
        """Answer a named query about the part of the data in scope.

        Raises:
            UnknownNameError: No query has this name.
        """
        queries = catalogs.load().queries
        if query not in queries:
            raise UnknownNameError("query", query, queries)
        file = queries[query]
        self._tell(file.summary)
        scope = {name: value for name, value in self.scope.items() if name in file.params}
        given = {name: value for name, value in {**scope, **params}.items() if value is not None}
        # Evaluations have counted the same rows, and kept them.
        rows = self._db.score_coverage(**given) if query == _COVERAGE else self._db.query(query, given)
        return self._answer(
            rows,
            name=query,
            question=file.summary,
            notes=file.notes,
            sql=file.text,
            **self._command("query", query, param=given),
        )

    def sql(self, text: str, question: str = "", **params: object) -> Answer:
        """Answer a statement that reads."""
        self._tell(question or text)
        command = self._command("sql", text, param=params)
        return self._answer(self._db.sql(text, params or None), question=question, sql=text, **command)

    def leaderboard(self) -> Answer:
        """Return the leaderboard of the database's scorers, formatted for a reader."""
        self._tell(_EVALUATION_QUESTION)
        board = leaderboard(self._evaluate(_SHOWN))
        description = {"name": "evaluate", "question": _EVALUATION_QUESTION, **self._evaluate_command()}
        self._answer(board, **description)
        described = make_answer(describe_leaderboard(board), **description)
        numeric = [name not in _TEXTS for name in described.columns]
        return replace(described, numeric=numeric).by_split()

    def evaluate(self, *metrics: str, by: str | None = None) -> Answer:
        """Evaluate the scorers by metrics of one kind, such as recall@1.

        Rows have the columns of `db.evaluate`, but the value is in a column with the name of the metrics up to their @,
        and the number behind the @ in the column `k`.
        """
        self._tell(_EVALUATION_QUESTION)
        if by is None:
            estimates = self._evaluate(metrics)
        else:
            estimates = self._db.evaluate(**self._options(), by=by, metric=self._metrics(metrics, by))
        estimates = estimates.filter(pl.col("metric").is_in(metrics))
        k = pl.col("metric").str.extract(r"@(\d+)$").cast(pl.Int64).alias("k")
        kind = metrics[0].partition("@")[0] if metrics else "value"
        question = f"How well does each scorer agree with people, by {', '.join(metrics)}"
        question += f" per {heading(by)}?" if by else "?"
        command = self._evaluate_command(by=by, show="metrics")
        of_metrics = {name: f"{text}  # {', '.join(metrics)}" for name, text in command.items()}
        return self._answer(
            estimates.with_columns(k).rename({"value": kind}), name="evaluate", question=question, **of_metrics
        )

    def differences(self, metric: str) -> Answer:
        """Compare every two scorers by a metric.

        Rows have the columns of `db.scorer_differences`, but the difference is in the column `METRIC_difference`.
        """
        self._tell("Which scorers can be told apart?")
        rows = self._db.scorer_differences(**self._options(), metric=self._metrics([metric])).filter(metric=metric)
        return self._answer(
            rows.rename({"difference": f"{metric}_difference"}),
            name="evaluate",
            question="Which scorers can be told apart?",
            **self._evaluate_command(show="differences"),
        )

    def files(self) -> Answer:
        """List the files of the data."""
        details = details_of(self._db)
        measures = [] if details.opening.measures is None else [Path(str(details.opening.measures))]
        files = files_of(self._db.source, {**details.score_files, **{path.name: path for path in measures}})
        return self._answer(files, name="files", question="Which files was this report made from?")

    def lacks(self, text: str) -> str:
        """Record a sentence about what the data lacks, and return it."""
        if text not in self.missing:
            self.missing.append(text)
        return text

    def _tell(self, question: str) -> None:
        """Tell which question is asked."""
        self._asked += 1
        tell_step("question", self._asked, max(self._asked, self.questions), question)

    def _answer(self, frame: pl.DataFrame, **description: str) -> Answer:
        """Make an answer, and keep it unless the question was asked before."""
        answer = make_answer(frame, **description)
        self.answers.setdefault(answer.asked or answer.name, answer)
        return answer

    def _evaluate(self, metrics: Sequence[str]) -> pl.DataFrame:
        """Evaluate metrics, unless they were evaluated before."""
        known = self._metrics(metrics)
        for estimates in self._estimates:
            if {*known} <= {*estimates["metric"]}:
                return estimates
        self._estimates.append(self._db.evaluate(**self._options(), metric=known))
        return self._estimates[-1]

    def _options(self) -> dict[str, Any]:
        return {name: value for name, value in self.scope.items() if value is not None}

    def _metrics(self, names: Sequence[str], by: str | None = None) -> list[str]:
        """Return the metrics to evaluate for some: those that there are, and the one that makes intervals the same."""
        metrics = self._db.query("evaluated_metrics").filter(pl.col("metric").is_in([*names, _OF_MOST_PAIRS]))
        return metrics.filter(pl.col("of_pairs") | (by != "rank_gap"))["metric"].to_list()

    def _evaluate_command(self, **more: str | None) -> dict[str, str]:
        scope = self._scope
        return self._command(
            "evaluate", split=scope.split, subset=scope.subset, resamples=scope.resamples, seed=scope.seed, **more
        )

    def _command(self, command: str, *words: str, **options: object) -> dict[str, str]:
        """Format a command that asks this database, whose files are named as `connect` got them, and what it asks."""
        given = {name: value for name, value in options.items() if value is not None}
        repeated = repeating_command(details_of(self._db).opening, command, *words, **given)
        return {"asked": command_line(command, *words, **given), "command": repeated}

"""The building blocks of reports: what a template may ask, and how an answer is set in a format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from irdb_sql.core import catalog as sqlfiles
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.reports.answers import Answer, answer_of, command_line, heading
from irdb_sql.scorers.leaderboard import leaderboard, shown
from irdb_sql.sources.local import EMBEDDED
from irdb_sql.sources.provenance import files_of, versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.reports.charts import Kind

_JUDGED = "How well does each scorer agree with people?"


class Setting(Protocol):
    """Sets answers in one format. What it returns is put into the template's text as it is."""

    def text(self, value: object) -> str:
        """Set a value so that nothing in it is markup."""

    def table(self, answer: Answer, columns: Sequence[str]) -> str:
        """Set some columns of an answer, or all, as a table."""

    def chart(self, answer: Answer, kind: Kind, *, about: str = "", **channels: str) -> str:
        """Set an answer as a picture, whose caption begins with what it is about."""

    def pictures(self, answer: Answer, columns: Sequence[str], captions: Sequence[str], titles: Sequence[str]) -> str:
        """Set the images that columns of paths name, with captions; rows with the same titles stand together."""

    def page(self, text: str, title: str) -> str:
        """Set the template's whole text."""


@dataclass(frozen=True)
class Scope:
    """Which part of the data a report is about, and how intervals are made.

    Attributes:
        split: The one split, or all.
        subset: The published subset, or every image.
        resamples: How many times prompts are drawn for an interval.
        seed: Same seed, same intervals.
    """

    split: str | None = None
    subset: str | None = None
    resamples: int = 1000
    seed: int = 0


class Blocks:
    """What a template may ask of a database; every answer is kept, in the order of the template.

    Args:
        db: The database.
        scope: Which part of it.

    Attributes:
        answers: What was asked, each question once.
        missing: What the template says to be missing.
    """

    def __init__(self, db: ImageRewardDB, scope: Scope) -> None:
        self._db = db
        self._scope = scope
        self._boards: dict[tuple[str, ...], pl.DataFrame] = {}
        self.answers: dict[str, Answer] = {}
        self.missing: list[str] = []
        self.source = {"name": db.source.name, "revision": db.source.revision, "has_scores": db.has_scores}
        self.scope = vars(scope)
        self.versions = versions()

    def ask(self, query: str, **params: object) -> Answer:
        """Ask a named query about the part of the data that the report is about.

        Raises:
            UnknownNameError: No query has this name.
        """
        queries = sqlfiles.load().queries
        if query not in queries:
            raise UnknownNameError("query", query, queries)
        file = queries[query]
        scope = {name: value for name, value in self.scope.items() if name in file.params}
        given = {name: value for name, value in {**scope, **params}.items() if value is not None}
        command = self._command("query", query, param=given)
        return self._kept(
            self._db.query(query, given),
            {"name": query, "question": file.summary, "notes": file.notes, "sql": file.text, "command": command},
        )

    def sql(self, text: str, question: str = "", **params: object) -> Answer:
        """Ask a statement that reads."""
        told = {"question": question, "sql": text, "command": self._command("sql", text, param=params)}
        return self._kept(self._db.sql(text, params or None), told)

    def leaderboard(self) -> Answer:
        """Set the scorers that the database was opened with as a leaderboard."""
        board = leaderboard(self._evaluated(()))
        told = {"name": "evaluate", "question": _JUDGED, "command": self._evaluate()}
        self._kept(board, told)
        return answer_of(shown(board), **told)

    def evaluate(self, *metrics: str, by: str | None = None) -> Answer:
        """Judge the scorers by metrics of one kind, such as recall@1 and recall@2, of all prompts or by groups.

        Rows have the columns of `db.evaluate`, with the value in a column that is called like the metrics up to their
        @, and what stands behind that in the column `k`.
        """
        import polars as pl  # noqa: PLC0415 - whoever evaluates has loaded it

        found = self._evaluated(() if by is None else (by,)).filter(pl.col("metric").is_in(metrics))
        k = pl.col("metric").str.extract(r"@(\d+)$").cast(pl.Int64).alias("k")
        kind = metrics[0].partition("@")[0] if metrics else "value"
        question = f"How well does each scorer agree with people, by {' and '.join(metrics)}"
        question += f" and {heading(by)}?" if by else "?"
        command = f"{self._evaluate(by=by, show='metrics')}  # {', '.join(metrics)}"
        return self._kept(
            found.with_columns(k).rename({"value": kind}),
            {"name": "evaluate", "question": question, "command": command},
        )

    def differences(self, metric: str) -> Answer:
        """Compare every two scorers by a metric, on the same resamples.

        Rows have the columns of `db.scorer_differences`; the difference is in a column that the metric's name begins.
        """
        found = self._db.scorer_differences(**self._options()).filter(metric=metric)
        told = {"name": "evaluate", "question": "Which scorers can be told apart?"}
        command = self._evaluate(show="differences")
        return self._kept(found.rename({"difference": f"{metric}_difference"}), told | {"command": command})

    def files(self) -> Answer:
        """List the files of the data."""
        return self._kept(
            files_of(self._db.source, self._db.score_files), {"name": "files", "question": "What was this made from?"}
        )

    def lacks(self, text: str) -> str:
        """Keep a sentence that says what is missing, and return it."""
        if text not in self.missing:
            self.missing.append(text)
        return text

    def _kept(self, frame: pl.DataFrame, told: dict[str, str]) -> Answer:
        answer = answer_of(frame, **told)
        self.answers.setdefault(answer.command or answer.name, answer)
        return answer

    def _evaluated(self, by: tuple[str, ...]) -> pl.DataFrame:
        if by not in self._boards:
            self._boards[by] = self._db.evaluate(**self._options(), by=by)
        return self._boards[by]

    def _options(self) -> dict[str, Any]:
        return {name: value for name, value in self.scope.items() if value is not None}

    def _evaluate(self, **more: str | None) -> str:
        scope = self._scope
        return self._command(
            "evaluate", split=scope.split, subset=scope.subset, resamples=scope.resamples, seed=scope.seed, **more
        )

    def _command(self, command: str, *words: str, **options: object) -> str:
        """Write a command that asks this database again; files are named without the machine's folders."""
        db = self._db
        name = db.source.name.partition(",")[0]
        scores = list(db.score_files)
        if command == "evaluate":
            words, scores = (*scores, *words), []
        data = None if name == EMBEDDED else name
        return command_line(command, *words, **options, scores=scores, data=data, images=db.images_choice)

"""The page `/scorers`: how well each scorer agrees with people, how sure it is, and where it disagrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from irdb_sql.core.schema import SPLITS
from irdb_sql.explore.filters import address
from irdb_sql.explore.page import Page
from irdb_sql.explore.repeating import repeat_evaluation
from irdb_sql.explore.table import Table, make_table
from irdb_sql.scorers.leaderboard import describe_leaderboard, leaderboard

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.explore.page import Explorer

_DISAGREEMENTS = 1  # pairs per scorer and split
_SHOWN = 12  # of these, those with the largest gaps of scores


class Question(NamedTuple):
    """A named query about scorers.

    Attributes:
        query: Its name.
        title: What it answers.
        of_votes: Whether only data with votes has an answer.
    """

    query: str
    title: str
    of_votes: bool = False


QUESTIONS = (
    Question("calibration", "Are scorers as often right as they are sure?"),
    Question("best_of_n_picks", "How good is the image that a scorer picks among n?"),
    Question("human_ceilings", "How often do people agree with people?"),
    Question("ceiling_shares", "How close do scorers come to people?"),
    Question("krippendorff_alpha", "How far do votes agree beyond chance?", of_votes=True),
    Question("soft_label_scores", "How well do scorers predict single votes?", of_votes=True),
    Question("accuracy_by_agreement", "Are scorers right where people agree?", of_votes=True),
    Question("score_confounds", "Do scores follow size, brightness or length of the prompt?"),
    Question("protocol_values", "What would the scripts of papers print?"),
    Question("score_coverage", "Which images have scores?"),
)


def _respond(explorer: Explorer, request: Request) -> Response:
    board = leaderboard(explorer.estimates())
    described = describe_leaderboard(board)
    splits = [split for split in SPLITS if split in board["split"].to_list()]
    asked = {"pairs": _DISAGREEMENTS, "with_baselines": not explorer.db.has_scores}
    gaps = explorer.answers.ask("scorer_disagreements", asked)
    shown = gaps.sort(pl.col("score_gap").is_null(), "score_gap", descending=[False, True]).head(_SHOWN)
    paths = [*shown["better_path"], *shown["worse_path"]]
    has_votes = explorer.db.source.audit_profile is not None
    return explorer.show(
        "scorers.html.jinja",
        request,
        title="Scorers",
        has_scores=explorer.db.has_scores,
        scorers=explorer.scorers,
        boards=[(split, _make_board(explorer, split, described.filter(split=split).drop("split"))) for split in splits],
        accuracy={
            split: address(
                "/chart.svg",
                {
                    "metric": "acc_micro", "split": split, "kind": "dots", "x": "acc_micro", "y": "scorer",
                    "chance": "chance",
                },
            )
            for split in splits
        },
        reliability={
            split: address(
                "/chart.svg",
                {
                    "query": "calibration_bins", "split": split, "kind": "lines", "x": "from_confidence",
                    "y": "accuracy", "by": "scorer", "chance": "mean_confidence",
                },
            )
            for split in splits
        },
        disagreements=shown.to_dicts(),
        rows_of=explorer.rows_of(paths),
        questions=[question for question in QUESTIONS if has_votes or not question.of_votes],
        repetitions=[
            ("Leaderboards", repeat_evaluation(explorer.db)),
            ("Disagreements", explorer.repeat("scorer_disagreements", asked)),
        ],
    )  # fmt: skip


def _make_board(explorer: Explorer, split: str, rows: pl.DataFrame) -> Table:
    """Make the table of a leaderboard, whose numbers are texts; each scorer leads to the pairs that it orders wrong."""
    table = make_table(explorer, rows)
    place = table.columns.index("scorer")
    cells = []
    for row, scorer in zip(table.rows, rows["scorer"], strict=True):
        values = {"scorer": scorer, "split": split, "verdict": "disagrees", "sort": "surest"}
        cells.append([*row[:place], row[place]._replace(link=address("/pairs", values)), *row[place + 1 :]])
    return Table(table.columns, [name not in _NAMES for name in table.columns], cells)


_NAMES = ("rank", "scorer")

page = Page("/scorers", "Scorers", 4, _respond)

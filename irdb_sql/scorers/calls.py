"""Calls a function of the user on prompts and images, and keeps its scores so that an interrupted run is resumed."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import polars as pl

from irdb_sql.core.atomic_write import check_target, write_file
from irdb_sql.core.journal import Journal
from irdb_sql.core.late import late
from irdb_sql.core.options import check_choice, check_path, check_type, wrong_value
from irdb_sql.core.tasks import silent_progress
from irdb_sql.core.thread_pool import wait
from irdb_sql.engine.formats import SUFFIXES, encode
from irdb_sql.errors import ArgumentTypeError, ChoiceError, quoted
from irdb_sql.images.errors import DecodeError, ImageError
from irdb_sql.images.faults import Fault
from irdb_sql.scorers.errors import OtherScorerError, ScorerFailedError, ScorerResultError
from irdb_sql.scorers.options import BATCH_SIZE, IMAGE_FORMATS
from irdb_sql.scorers.rows import scorer_rows
from irdb_sql.scorers.tables import as_number, read_tables

if TYPE_CHECKING:
    import numpy as np

    from irdb_sql.engine.queries import NamedQueries
    from irdb_sql.images import decode as decoding
    from irdb_sql.images.reader import ImageReader
    from irdb_sql.scorers.options import CallOptions, ImageFormat
    from irdb_sql.scorers.tables import ScoreFunction

    Images: TypeAlias = Mapping[str, object]
    """The splits and the subset of images: parameters of the query `images`."""
else:
    np = late("numpy")
    decoding = late("irdb_sql.images.decode")

SCORES = {"scorer": pl.String, "image_path": pl.String, "score": pl.Float64}


class ImageScorer:
    """Scores the images of one database with functions.

    Args:
        queries: Its named queries.
        images: Its image files.
    """

    def __init__(self, queries: NamedQueries, images: ImageReader) -> None:
        self._queries = queries
        self._images = images

    def score(self, function: ScoreFunction, name: str | None, params: Images, options: CallOptions) -> pl.DataFrame:
        """Score images with a function, but for those that have a score in its file already.

        Args:
            function: Called with batches of prompts and images.
            name: Name of the scorer; None takes that of the function.
            params: `split` and `subset`: which images.
            options: How to call it, and where its scores are kept.

        Returns:
            One row per distinct image path with the columns of `SCORES`, in the order of the images.

        Raises:
            ScorerFailedError: The function raises an exception.
            ScorerResultError: It returns something else than a finite number for each image.
            OtherScorerError: The file has scores of another scorer.
            ImageError: An image cannot be read, and `on_error` is `raise`.
            UnwritableError: The file cannot be written.
            ChoiceError, RangeError, ArgumentTypeError: An option has a wrong value.
        """
        if not callable(function):
            raise ArgumentTypeError("function", function, "a function of prompts and images that returns scores")
        check_type("name", name, (str, type(None)), "the name of the scorer")
        call = _Call(function, name or function_name(function), **_checked(options))
        if call.score_file is not None:
            self._images.check_target(call.score_file)
        images = self._queries.frame("images", params).unique("image_path", keep="first", maintain_order=True)
        prompts: dict[str, str] = dict(images.select("image_path", "prompt").iter_rows())
        kept = None if call.score_file is None else _ScoreFile(call.score_file, call.name)
        scores = {} if kept is None else dict(kept.scores)
        with nullcontext() if kept is None else kept:
            self._score_rest(call, prompts, scores, kept)
        rows = [(call.name, path, scores[path]) for path in prompts if path in scores]
        return pl.DataFrame(rows, SCORES, orient="row")

    def _score_rest(
        self, call: _Call, prompts: Mapping[str, str], scores: dict[str, float], kept: _ScoreFile | None
    ) -> None:
        """Add the scores of images that have none, and write all to the file."""
        unscored = [path for path in prompts if path not in scores]
        call.progress(len(prompts) - len(unscored), len(prompts))
        for begin in range(0, len(unscored), call.batch_size):
            new = self._score_batch(call, {path: prompts[path] for path in unscored[begin : begin + call.batch_size]})
            if kept is not None:
                kept.add(new)
            scores |= new
            done = min(begin + call.batch_size, len(unscored))
            call.progress(len(prompts) - len(unscored) + done, len(prompts))
        if kept is not None:
            kept.finish(scores)

    def _score_batch(self, call: _Call, prompts: Mapping[str, str]) -> dict[str, float]:
        """Return the scores of images by path; those that cannot be read are skipped if the call says so."""
        results = wait(self._images.store.map([*prompts], partial(_convert, call.image_format)))
        images = dict(zip(prompts, results, strict=True))
        for path, image in images.items():
            if isinstance(image, Fault) and call.on_error == "raise":
                raise ImageError(path, image.place, image.status, image.reason)
        images = {path: image for path, image in images.items() if not isinstance(image, Fault)}
        return call.scores({path: prompts[path] for path in images}, list(images.values())) if images else {}


def function_name(function: object) -> str:
    """Return the name of a function, or of the class of an object that is called.

    Example:
        >>> function_name(len), function_name(lambda prompts, images: [])
        ('len', 'score')
    """
    name = getattr(function, "__name__", type(function).__name__)
    return name if str(name).isidentifier() else "score"


@dataclass(frozen=True)
class _Call:
    """A function, the name of its scorer, and how to call it: the options of `CallOptions`."""

    function: ScoreFunction
    name: str
    image_format: ImageFormat
    batch_size: int
    on_error: Literal["raise", "skip"]
    score_file: Path | None
    progress: Callable[[int, int], None]

    def scores(self, prompts: Mapping[str, str], images: list[Any]) -> dict[str, float]:
        """Call the function with the prompts of image paths and the images, and check what it returns."""
        paths = [*prompts]
        try:
            returned = self.function([*prompts.values()], images)
        except Exception as error:
            raise ScorerFailedError(self.name, paths[0], len(paths), error) from error
        values = _as_list(returned)
        if values is None:
            raise ScorerResultError(self.name, f"{type(returned).__name__} for {len(paths):,} images")
        if len(values) != len(paths):
            raise ScorerResultError(self.name, f"{len(values):,} scores for {len(paths):,} images")
        scores: dict[str, float] = {}
        for path, value in zip(paths, values, strict=True):
            score = _as_score(value)
            if score is None:
                raise ScorerResultError(self.name, f"{quoted(value)} for image {quoted(path)}")
            scores[path] = score
        return scores


def _checked(options: CallOptions) -> dict[str, Any]:
    """Check options, and fill in their defaults."""
    complete: dict[str, Any] = {
        "image_format": "pil", "batch_size": BATCH_SIZE, "on_error": "raise", "score_file": None, **options,
    }  # fmt: skip
    check_choice("image_format", complete["image_format"], IMAGE_FORMATS)
    check_choice("on_error", complete["on_error"], ("raise", "skip"))
    if type(complete["batch_size"]) is not int or complete["batch_size"] < 1:
        raise wrong_value("batch_size", complete["batch_size"], "a whole number from 1", int)
    if complete["score_file"] is not None:
        check_path("score_file", complete["score_file"])
        complete["score_file"] = Path(complete["score_file"])
        check_score_file(complete["score_file"])
    complete["progress"] = options.get("progress") or silent_progress
    return complete


def check_score_file(path: Path) -> None:
    """Raise an error unless a file of scores can be written here.

    Raises:
        ChoiceError: Its suffix is of no format of scores.
        UnwritableError: Its folder is missing or not writable.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise ChoiceError("the suffix of a file of scores", path.suffix, _SUFFIXES)
    check_target(path)


_SUFFIXES = [suffix for suffix, name in SUFFIXES.items() if name in ("parquet", "csv", "json", "ndjson")]


def _convert(image_format: ImageFormat, content: memoryview) -> object:
    """Return the bytes of an image as the function takes them, or why they are no image."""
    if image_format == "bytes":
        return bytes(content)
    try:
        picture = decoding.open_image(content)
    except DecodeError as error:
        return Fault("corrupt", None, error.sentence)
    return picture if image_format == "pil" else np.array(picture)


def _as_list(returned: Any) -> list[Any] | None:  # noqa: ANN401 - a function may return anything
    """Return the numbers of a list, an array, a tensor or a series; None for what is none of these."""
    for method in ("tolist", "to_list"):
        if hasattr(returned, method):
            returned = getattr(returned, method)()
            break
    if isinstance(returned, str | bytes | Mapping) or not isinstance(returned, Iterable):
        return None
    return list(returned)


def _as_score(value: object) -> float | None:
    """Return a finite number as a float, also from a list of one; None for any other value."""
    number = as_number(value)
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        return None
    try:
        score = float(number)
    except OverflowError:
        return None
    return score if abs(score) < float("inf") else None


class _ScoreFile:
    """A file of scores, and beside it the journal of those that are not in it yet.

    Args:
        path: The file; scores in it are not asked for again.
        scorer: The scorer, whose scores alone may be in it.

    Attributes:
        scores: The scores by image path.
    """

    def __init__(self, path: Path, scorer: str) -> None:
        self._path = path
        self._scorer = scorer
        self.scores: dict[str, float] = {}
        if path.exists():
            rows = scorer_rows(read_tables(path), lambda _: {})
            for other in rows.filter(pl.col("scorer") != scorer)["scorer"]:
                raise OtherScorerError(path, other, scorer)
            self.scores = dict(rows.select("image", "score").filter(pl.col("score").is_finite()).rows())
        self._old = dict(self.scores)
        self._journal = Journal(path.with_name(f"{path.name}.unfinished"), "score", {})
        self._has_lines = bool(self._journal.lines)
        for line in self._journal.lines:
            if line["scorer"] != scorer:
                raise OtherScorerError(path, line["scorer"], scorer)
            self.scores[line["image_path"]] = line["score"]

    def __enter__(self) -> None:
        """Begin to score."""

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if not self._has_lines:
            self._journal.remove()

    def add(self, scores: Mapping[str, float]) -> None:
        """Keep the scores of a batch."""
        self._has_lines = True
        self._journal.add(
            {"scorer": self._scorer, "image_path": path, "score": score} for path, score in scores.items()
        )

    def finish(self, scores: Mapping[str, float]) -> None:
        """Write all scores to the file, and remove the journal."""
        if scores != self._old or not self._path.exists():
            rows = pl.DataFrame([(self._scorer, *row) for row in scores.items()], SCORES, orient="row")
            write_file(self._path, encode(rows, SUFFIXES[self._path.suffix.lower()]))
        self._journal.remove()

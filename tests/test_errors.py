"""Every error inherits IrdbError and a builtin, has a sentence and a hint, and can be pickled."""

from __future__ import annotations

import importlib
import inspect
import pickle
from pathlib import Path

import pytest

from irdb_sql import errors
from irdb_sql.cli import errors as cli_errors
from irdb_sql.engine import errors as session_errors
from irdb_sql.errors import IrdbError
from irdb_sql.explore import errors as explore_errors
from irdb_sql.exports import errors as export_errors
from irdb_sql.images import errors as image_errors
from irdb_sql.imports import errors as part_errors
from irdb_sql.judges import errors as judge_errors
from irdb_sql.reports import errors as report_errors
from irdb_sql.scorers import errors as score_errors
from irdb_sql.spark import errors as spark_errors
from irdb_sql.storage import errors as hub_errors

EXAMPLES: list[IrdbError] = [
    cli_errors.FunctionNotFoundError("my_model", None, ()),
    cli_errors.FunctionNotFoundError("my_model", "skore", ["score"]),
    cli_errors.ModuleImportError("my_model", ValueError("x")),
    score_errors.ScorerFailedError("clip", "a.webp", 32, ValueError("x")),
    score_errors.ScorerResultError("clip", "31 scores for 32 images"),
    score_errors.OtherScorerError(Path("scores.parquet"), "blip", "clip"),
    errors.SourceNotFoundError("x"),
    errors.VerificationNotFoundError("x"),
    image_errors.MeasuresNotFoundError("x"),
    image_errors.OtherMeasuresError(Path("x")),
    errors.NoMetadataError(None, ["file"]),
    errors.UnknownSplitError("x"),
    errors.UnknownSubsetError(None),
    errors.SplitTypeError(3),
    errors.SubsetTypeError(["1k"]),
    errors.RepeatedFileError(Path("x")),
    errors.UnreadableError(Path("x"), "no"),
    errors.BrokenFileError(Path("x"), "parquet file", "no"),
    errors.ChangedFileError(Path("x")),
    errors.PointerFileError(Path("x")),
    errors.TwinColumnsError(Path("x"), "RANK", "rank"),
    errors.MissingColumnError(Path("x"), "rank", ["ranks"]),
    errors.ColumnsError(Path("x"), "has no column of labels", ["prompt"]),
    errors.WrongRowError(Path("x"), "row 1", "label", "best is no label", "pairs"),
    errors.WrongSuffixError(Path("x.txt"), "hpdv3", [".json", ".jsonl"]),
    errors.SeveralLayoutsError(Path("x"), ["hpdv2", "hpdv3"]),
    errors.LayoutPlaceError("hpdv3", None),
    errors.ReservedColumnError(Path("x"), "file_row_number"),
    errors.WrongTypeError(Path("x"), "rank", "VARCHAR", "an integer"),
    errors.WrongValueError(Path("x"), "rank", "1.5"),
    errors.WrongRankingError(Path("x"), 1, None, "id", "is missing"),
    errors.UnknownNameError("query", "x", []),
    errors.UnknownParameterError("pairs", "x", []),
    errors.QueryError("Catalog Error: x"),
    errors.FrameTypeError("x", "INTERVAL"),
    errors.FrameValueError("x"),
    errors.ParameterValueError("pairs", {"a": 1}, "x"),
    errors.StatementError("x"),
    errors.ImagesRootError("x"),
    export_errors.ExportFileError(Path("a.csv"), "rows", ["parquet"]),
    export_errors.SeveralSplitsError(Path("a.parquet"), ["train", "test"]),
    export_errors.UnusedOptionError("weights", "rows", ["pairs"]),
    export_errors.ExportedImageError("images/a.webp", "images.zip", "empty", "no bytes"),
    export_errors.NoExportError("x", "no"),
    export_errors.AmbiguousPlaceError("train"),
    errors.ImageError("images/a.webp", "images.zip", "empty", "no bytes"),
    errors.RemoteError("http://x", "no"),
    errors.SqlFileError(Path("x.sql"), "no"),
    errors.ExcelLimitError("2 rows", "1 row"),
    errors.ArgumentNameError("pair_counts(in_split VARCHAR)", "split", ["in_split"]),
    errors.MissingPackageError("x", "pip install x."),
    errors.PathColumnError("no column", "name one."),
    errors.ChoiceError("format", "x", ["a"]),
    errors.RangeError("seed", -1, "0 or more"),
    errors.ArgumentTypeError("seed", "x", "a whole number"),
    errors.UnknownOptionError("sed", ["seed"]),
    hub_errors.MissingHubError("x"),
    hub_errors.HubError("https://x", "no"),
    hub_errors.HubAccessError("https://x", "a/b", 403),
    hub_errors.RepositoryNotFoundError("https://x", "a/b"),
    hub_errors.RevisionNotFoundError("https://x", "a/b", "v1"),
    hub_errors.NotInRepositoryError("a/b@c", ["x"]),
    hub_errors.RepositoryNameError("a"),
    hub_errors.WrongContentError(Path("x"), "it is empty", "a/b@c", kept=True),
    hub_errors.OtherCommitError(Path("x"), "a/b@c", "a/b@d", "c"),
    hub_errors.DiskSpaceError(Path("x"), "2 GB", "1 GB"),
    hub_errors.FolderBusyError(Path("x")),
    hub_errors.RecordError(Path("x"), "no"),
    spark_errors.SparkStatementError("several statements"),
    spark_errors.NotOnSparkError("x", "no", "y."),
    spark_errors.SparkSettingError("spark.sql.ansi.enabled", "false", "true"),
    spark_errors.SparkSourceError("x", "no"),
    spark_errors.SparkColumnError("x", "rank", "is not there", ["ranks"]),
    spark_errors.SchemaNameError(None),
    spark_errors.SchemaTakenError("irdb", "images"),
    spark_errors.SparkSessionError("x"),
    spark_errors.SparkError("[X] no"),
    session_errors.LimitError("no"),
    session_errors.ForkError(),
    session_errors.PicklingError(),
    session_errors.LazyIsolationError(),
    cli_errors.MemoryLimitError(1_000_000),
    cli_errors.ShellCommandError("\\x", "is no command of the shell"),
    cli_errors.NoTerminalError(),
    explore_errors.BusyError(2, 8),
    explore_errors.ClientLeftError(),
    explore_errors.ForeignRequestError(),
    explore_errors.NoImageError(7),
    explore_errors.NoPromptError("x"),
    explore_errors.PlaceError("page", 9, 3),
    explore_errors.PortError("127.0.0.1", 80, "no", is_known_host=True),
    session_errors.FrameNameError("a\0b"),
    session_errors.NoProcessError(),
    session_errors.ProcessMemoryError(9),
    session_errors.AnswerSizeError(9),
    session_errors.ProcessKilledError(),
    session_errors.ProcessCrashError("SIGSEGV"),
    session_errors.ArgumentError("x", "INTEGER", "n", "pair_count", "n_images"),
    session_errors.TableNameError("x", "is not a valid table name"),
    session_errors.TableTypeError("x", "no"),
    session_errors.TimeLimitError(1.0),
    session_errors.UnsafeError("function", "glob"),
    score_errors.RepeatedGeneratorError("a", "x", "y"),
    score_errors.ScoresNotFoundError("x"),
    score_errors.ScoreFileError("x", "no"),
    score_errors.ScoreTypeError(5),
    score_errors.ScoreColumnError("x", "has none", [], "add one."),
    score_errors.ScoreValueError("x", "s", 1, "y"),
    score_errors.RewardsError("x", 1, "p", "is empty"),
    score_errors.NoRankingFileError("x"),
    score_errors.UnusableScoreError("nan", "s", "a.webp", "row 1 of x", 2),
    judge_errors.UnusableJudgementError(
        "unclear",
        "gpt",
        first_image="a",
        second_image="b",
        prompt_id=None,
        verdict="1",
        source="x",
        source_row=1,
        all_faults=2,
    ),
    score_errors.MissingScoreError("s", "a.webp", "test", 1, 2),
    score_errors.NoScorersError([]),
    score_errors.NoGeneratorVotesError(0),
    export_errors.NoVotesError("votes", {"split": "test"}),
    export_errors.NoRanksError("ranking", {"test": 3}),
    score_errors.SameSplitError("test"),
    score_errors.NoTiesError("test", "s"),
    score_errors.GeneratorScoreError("x", "row", 1, {"score": None}),
    score_errors.HumanRankingError("names 'x' twice"),
    score_errors.FewGeneratorsError([]),
    score_errors.UnidentifiedError(": no", "pass more prompts."),
    score_errors.CovariateError("x", "are none"),
    errors.DecodeError("no image", "drop it."),
    report_errors.TemplateError("x", 1, "no"),
    report_errors.TemplateNotFoundError(Path("x")),
    report_errors.OldReportError(Path("x"), "no"),
    part_errors.NoPartsError("x"),
    part_errors.MissingPartError("train", [3], "no"),
    part_errors.PartFileError("x.zip", "x.json", "no"),
    part_errors.PartRowError("x.json", None, 1, "rank", "is missing"),
    part_errors.ImportTargetError("s3://x"),
    errors.ClosedError(),
    errors.TargetExistsError(Path("x")),
    errors.SourceTargetError(Path("x")),
    errors.UnwritableError(Path("x"), "full"),
    errors.TerminalError("parquet"),
    errors.NestedBinaryError("x"),
    errors.EmptyExportError("pairs", {"split": "test"}),
    errors.NoImagesError(3),
    errors.MissingParameterError("x", ["k"]),
    errors.NoSqlError(Path("x.sql")),
    errors.FarDateError("x"),
    errors.UnforeseenError(ValueError("x")),
]
BASES = {
    errors.IrdbError, errors.NotFoundError, errors.FileError, errors.TargetError, errors.FormatError, errors.IsolationError,
    score_errors.ScoreError,
}  # fmt: skip


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_is_a_builtin_with_a_sentence_and_a_hint_and_can_be_pickled(error: IrdbError) -> None:
    assert any(base.__module__ == "builtins" and base is not Exception for base in type(error).__mro__[:-3])
    sentence, hint = str(error).split("\n\nHint: ")
    assert sentence
    assert hint.endswith((".", "?"))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_every_error_has_an_example_here() -> None:
    modules = [errors, *(importlib.import_module(f"irdb_sql.{package}.errors") for package in errors._PACKAGES)]  # noqa: SLF001 - every module of errors
    classes = [value for module in modules for _, value in inspect.getmembers(module, inspect.isclass)]
    assert {value for value in classes if issubclass(value, IrdbError)} - BASES == {type(error) for error in EXAMPLES}

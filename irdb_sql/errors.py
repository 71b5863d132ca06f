"""Every failure that irdb_sql reports: one sentence with the offending value, and a hint what to do next.

All of them are `IrdbError`; each also inherits the builtin that a caller already catches.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path


class IrdbError(Exception):
    """Base of every error of irdb_sql.

    Its text is a sentence, an empty line, and `Hint:` with the next step.

    Args:
        sentence: What is wrong, in lower case, with the offending value.
        hint: What to do next, one sentence.
    """

    def __init__(self, sentence: str, hint: str) -> None:
        self.sentence = sentence
        self.hint = hint
        super().__init__(f"{sentence}\n\nHint: {hint}")

    def __reduce__(self) -> tuple[Callable[..., IrdbError], tuple[type[IrdbError], str, str], dict[str, object]]:
        """Let another process raise the error on: each class makes its text of other arguments."""
        return _restored, (type(self), self.sentence, self.hint), vars(self)


def _restored(kind: type[IrdbError], sentence: str, hint: str) -> IrdbError:
    error = kind.__new__(kind)
    IrdbError.__init__(error, sentence, hint)
    return error


class NotFoundError(IrdbError, FileNotFoundError):
    """The data that was named is not there."""


class SourceNotFoundError(NotFoundError):
    """A source names no file or folder."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"no file or folder is called {quoted(path)}",
            "pass a folder with metadata-*.parquet, a parquet file, or a ranking file (.json).",
        )


class NoMetadataError(NotFoundError):
    """A folder, or a list of files, holds no metadata."""

    def __init__(self, folder: Path | str | None, wanted: Iterable[str]) -> None:
        place = "an empty list" if folder is None else f"the folder {quoted(folder)}"
        super().__init__(
            f"{place} holds no metadata: there is no {' or '.join(wanted)}",
            "download the dataset with `irdb download DIR`, or write a synthetic one with `irdb sample DIR`.",
        )


class UnknownSplitError(IrdbError, ValueError):
    """A word names no split."""

    def __init__(self, name: object) -> None:
        super().__init__(f"unknown split {quoted(name)}", "a split is train, validation or test.")


class UnknownSubsetError(IrdbError, ValueError):
    """A word names no published subset."""

    def __init__(self, name: object) -> None:
        super().__init__(f"unknown subset {quoted(name)}", "a subset is 1k, 2k, 4k or 8k.")


class FileError(IrdbError, ValueError):
    """A file was found but is not the data it should be."""


class RepeatedFileError(FileError):
    """A list of files names one of them twice, which would count its rows twice."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{quoted(path)} is named twice", "name each file once; every row of a source counts.")


class UnreadableError(IrdbError, OSError):
    """A file is there but cannot be opened."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{quoted(path)} cannot be read: {reason}", "name a file that you may read.")


class BrokenFileError(FileError):
    """A file cannot be read as what its name says it is."""

    def __init__(self, path: Path, wanted: str, engine_text: str) -> None:
        super().__init__(
            f"{quoted(path)} is no {wanted}, or was cut short: {engine_text}",
            "download or write the file again; a ranking file is a .json list, any other file is read as parquet.",
        )


class MissingColumnError(FileError):
    """A metadata file lacks a column."""

    def __init__(self, path: Path, column: str, present: Iterable[str]) -> None:
        present = list(present)
        super().__init__(
            f"{quoted(path)} has no column {quoted(column)}",
            (nearest(column, present) or f"its columns are {', '.join(present)}.")
            + " Metadata needs every column of the published files.",
        )


class WrongTypeError(FileError, TypeError):
    """A metadata column has a type that cannot hold its values."""

    def __init__(self, path: Path, column: str, found: str, wanted: str) -> None:
        super().__init__(
            f"column {quoted(column)} of {quoted(path)} has the type {found}, not {wanted}",
            f"write the column as {wanted}; the width of integers and the order of columns do not matter.",
        )


class ReservedColumnError(FileError, ValueError):
    """A metadata file has a column whose name the engine keeps for itself."""

    def __init__(self, path: Path, column: str) -> None:
        super().__init__(
            f"{quoted(path)} has a column {quoted(column)}, which is what the engine calls the number of a row",
            "rename or drop that column.",
        )


class WrongValueError(FileError):
    """A metadata column holds a value that it cannot have."""

    def __init__(self, path: Path, column: str, value: str) -> None:
        if column == "image_path":
            super().__init__(
                f"column 'image_path' of {quoted(path)} holds {quoted(value)}, which names no split",
                "name the file's split, as in split='test' in Python or --split test on the command line.",
            )
        else:
            super().__init__(
                f"column {quoted(column)} of {quoted(path)} holds {value}, which is no whole number from -128 to 127",
                "correct the value, or make it NULL where it is not known.",
            )


class WrongRankingError(FileError):
    """An object of a ranking file is no ranking of images."""

    def __init__(self, path: Path, number: int, prompt_id: str | None, column: str, fault: str) -> None:
        super().__init__(
            f"{quoted(column)} of object {number} (id {quoted(prompt_id)}) of {quoted(path)} {fault}",
            "a ranking file is a JSON list of {id, prompt, generations: [paths], ranking: [ranks]}.",
        )


class ImagesRootError(NotFoundError, NotADirectoryError):
    """The folder that is to hold the images is not there."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"images_root is {quoted(path)}, and there is no such folder",
            "name the folder below which `images/…` lies, or a URL of one.",
        )


class ImageError(IrdbError, ValueError):
    """An image cannot be had: its file is missing, empty, broken, or must not be read."""

    def __init__(self, image_path: str, place: str | None, status: str, reason: str) -> None:
        self.image_path = image_path
        self.status = status
        super().__init__(
            f"image {quoted(image_path)} cannot be had, {status.replace('_', ' ')}: {reason}"
            + (f" ({quoted(place)})" if place else ""),
            "name the folder below which `images/…` lies as images_root, or see `irdb sql 'FROM image_files'`."
            if status in ("missing", "archive_missing")
            else "connect with images='ok' to leave such images out everywhere, or pass on_error='null' or 'skip'.",
        )


class RemoteError(IrdbError, OSError):
    """A server or remote filesystem does not answer as it should."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"{quoted(url)} cannot be read: {reason}",
            "try again later, or download the file and name the folder that it is published in.",
        )


class MissingPackageError(IrdbError, ImportError):
    """Something needs a package that is not installed."""

    def __init__(self, what: str, how: str) -> None:
        super().__init__(f"{what} is not installed", how)


class PathColumnError(IrdbError, ValueError):
    """A frame has no column of image paths, or one that holds something else."""


class ChoiceError(IrdbError, ValueError):
    """A word is none of those that an argument takes."""

    def __init__(self, argument: str, value: object, choices: Iterable[str]) -> None:
        super().__init__(f"{argument} is {quoted(value)}", f"it is one of {', '.join(map(repr, choices))}.")


class UnknownOptionError(IrdbError, TypeError):
    """A call names an option that there is not."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        super().__init__(f"there is no option {quoted(name)}", nearest(name, known) or f"it takes {', '.join(known)}.")


class RangeError(IrdbError, ValueError):
    """A number is outside of what an argument takes."""

    def __init__(self, argument: str, value: object, wanted: str) -> None:
        super().__init__(f"{argument} is {quoted(value)}", f"it is {wanted}.")


class DecodeError(IrdbError, ValueError):
    """Image bytes cannot be turned into pixels."""


class UnknownNameError(IrdbError, LookupError):
    """A name is none of the catalogue's."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        few = f"there is {' and '.join(known)}." if len(known) < MANY_NAMES else "`irdb list` lists every name."
        super().__init__(f"unknown {kind} {quoted(name)}", nearest(name, known) or few)


class UnknownParameterError(IrdbError, TypeError):
    """A query does not take a parameter of this name."""

    def __init__(self, query: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        takes = f"it takes {', '.join(known)}." if known else "it takes none."
        super().__init__(f"query {quoted(query)} has no parameter {quoted(name)}", nearest(name, known) or takes)


class QueryError(IrdbError, ValueError):
    """The engine refused a statement or failed while it ran; its own text is kept whole."""

    def __init__(self, engine_text: str, hint: str | None = None) -> None:
        super().__init__(engine_text, hint or _next_step(engine_text))


class FrameTypeError(QueryError, TypeError):
    """A column of a result has a type that a Polars frame cannot hold."""

    def __init__(self, column: str, kind: object) -> None:
        super().__init__(
            f"column {quoted(column)} has the type {kind}, which a Polars frame cannot hold",
            "cast it in the statement, as in CAST(… AS VARCHAR).",
        )


class FrameValueError(QueryError, ValueError):
    """A column of a result holds a date that Polars cannot show; it would panic."""

    def __init__(self, column: str) -> None:
        super().__init__(
            f"column {quoted(column)} holds infinity, or a date outside the years -262143 to 262142, "
            "which a Polars frame cannot show",
            "cast it in the statement, as in CAST(… AS VARCHAR).",
        )


class ParameterValueError(QueryError):
    """A query failed with the values that its parameters were given."""

    def __init__(self, query: str, params: Mapping[str, object], engine_text: str) -> None:
        given = ", ".join(f"{name}={quoted(value)}" for name, value in params.items())
        super().__init__(
            f"query {quoted(query)} failed with {given}: {engine_text}",
            f"`irdb show {query}` tells what each parameter is.",
        )


class StatementError(IrdbError, ValueError):
    """A text is not one statement that reads."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"expected one statement that reads, but found {found}",
            "list the columns of the PIVOT, as in PIVOT … ON x IN ('a', 'b')."
            if "MULTI" in found
            else "pass a single SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE or SHOW.",
        )


class ClosedError(IrdbError, RuntimeError):
    """The database was closed before it was asked."""

    def __init__(self) -> None:
        super().__init__("this database is closed", "collect lazy frames inside the `with` block, or connect again.")


class TargetError(IrdbError, OSError):
    """A file or folder cannot be written."""


class TargetExistsError(TargetError, FileExistsError):
    """A folder that should be written is there already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{quoted(path)} is there already and not empty", "name a new folder, or remove this one.")


class SourceTargetError(TargetError):
    """A file that is read would be written over."""

    def __init__(self, path: object) -> None:
        super().__init__(f"{quoted(path)} is a file of the data itself, or one that is read", "write to another place.")


class UnwritableError(TargetError):
    """Writing failed; what was there before is unchanged."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{quoted(path)} could not be written: {reason}", "choose another place, or make room; nothing was changed."
        )


class FormatError(IrdbError, ValueError):
    """A result cannot be written in the format that was asked for."""


class TerminalError(FormatError):
    """A format is not made for a terminal."""

    def __init__(self, form: str) -> None:
        super().__init__(f"{form} is no text for a terminal", f"name a file with -o FILE.{form}.")


class NestedBinaryError(FormatError):
    """A text format meets binary values inside lists or structs."""

    def __init__(self, column: str, kind: object) -> None:
        super().__init__(
            f"column {quoted(column)} holds binary values in a {kind}, which a text format cannot write",
            "select them as columns of their own, or write parquet.",
        )


class FarDateError(FormatError):
    """A text format meets a date that has no usual spelling; Polars would panic."""

    def __init__(self, column: str) -> None:
        super().__init__(
            f"column {quoted(column)} holds a date outside the years 1 to 9999, or infinity",
            "cast it in the statement, as in CAST(… AS VARCHAR), or write parquet.",
        )


class UnforeseenError(IrdbError, RuntimeError):
    """Something failed that nothing here foresees."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            f"irdb met an error that it does not know: {type(error).__name__}: {error}",
            "set IRDB_DEBUG=1 to see the traceback, and report it.",
        )


def _next_step(engine_text: str) -> str:
    """Find the hint that fits what the engine says."""
    for words, hint in _NEXT_STEPS.items():
        if words in engine_text:
            return hint
    return "correct the statement or its values."


_NEXT_STEPS = {
    "Values were not provided": "give each $name a value: params in Python, --param NAME=VALUE on the command line.",
    "excess parameters": "pass only the parameters that the text names.",
    "Catalog Error": "`irdb list` lists the views and macros there are.",
    "Binder Error": "`irdb show NAME` tells what a view or macro takes and returns.",
    "IO Error": "check the path; if it is a file of the source, it has gone since it was opened: connect again.",
}


def quoted(value: object) -> str:
    """Show a value of unknown origin on one line, within quotes, control characters escaped."""
    text = "NULL" if value is None else repr(str(value))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…'"


LONGEST_VALUE = 300
MANY_NAMES = 5


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that is most like a given one, as a sentence, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {quoted(close[0])}?" if close else ""

"""Every failure that irdb_sql reports: one sentence with the offending value, and a hint what to do next.

All are `IrdbError`; each also inherits the builtin that a caller already catches. Each lives in the `errors` module of
its package, and all are names of this module: `except irdb_sql.errors.QueryError`.

    IrdbError
    ├── NotFoundError (FileNotFoundError)   sources: SourceNotFoundError, NoMetadataError · images: ImagesRootError
    │                                       scorers: ScoresNotFoundError · storage: the hub's · imports: NoPartsError
    ├── FileError (ValueError)              sources: BrokenFileError, MissingColumnError, WrongValueError, …
    ├── TargetError (OSError)               TargetExistsError, UnwritableError · sources: SourceTargetError
    ├── QueryError (ValueError)             engine: ArgumentError, TimeLimitError, FrameTypeError, … · spark: SparkError
    ├── ScoreError (ValueError)             scorers: what is wrong with scores
    ├── ImageError, RemoteError, …          images, storage: bytes that cannot be had
    └── ChoiceError, RangeError, …          a value that an option does not take
"""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
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


class MissingPackageError(IrdbError, ImportError):
    """Something needs a package that is not installed."""

    def __init__(self, what: str, how: str) -> None:
        super().__init__(f"{what} is not installed", how)

    @classmethod
    def of_extra(cls, package: str, extra: str) -> MissingPackageError:
        """Say which extra brings a package."""
        return cls(f"the package {package}", f"pip install 'irdb-sql[{extra}]' brings it.")


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


class TargetError(IrdbError, OSError):
    """A file or folder cannot be written."""


class TargetExistsError(TargetError, FileExistsError):
    """A folder that should be written is there already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{quoted(path)} is there already and not empty", "name a new folder, or remove this one.")


class UnwritableError(TargetError):
    """Writing failed; what was there before is unchanged."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{quoted(path)} could not be written: {reason}", "choose another place, or make room; nothing was changed."
        )


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


_PACKAGES = ("sources", "storage", "engine", "images", "scorers", "exports", "imports", "reports", "spark", "cli")
"""Packages with an `errors` module, in the order in which a name is looked for."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a class of errors
    """Find the error of a package, which is imported when it is first asked for."""
    if name.endswith(("Error", "Warning")):
        for package in _PACKAGES:
            module = importlib.import_module(f"irdb_sql.{package}.errors")
            if name in vars(module):
                return getattr(module, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

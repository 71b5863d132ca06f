"""The errors of irdb_sql: each message is one sentence with the offending value, and a hint what to do next.

All are `IrdbError` and also inherit a builtin exception. They are defined in the `errors` module of each package, and
all can be imported from this module: `except irdb_sql.errors.QueryError`.

    IrdbError
    ├── NotFoundError (FileNotFoundError)   sources: SourceNotFoundError, NoMetadataError · images: ImagesRootError
    │                                       scorers: ScoresNotFoundError · storage: the hub's · imports: NoPartsError
    ├── FileError (ValueError)              sources: BrokenFileError, MissingColumnError, WrongValueError, …
    ├── TargetError (OSError)               TargetExistsError, UnwritableError · sources: SourceTargetError
    ├── QueryError (ValueError)             engine: ArgumentError, TimeLimitError, FrameTypeError, … · spark: SparkError
    ├── ScoreError (ValueError)             scorers, judges: scores that cannot be read or matched
    ├── ImageError, RemoteError, …          images, storage: images and URLs that cannot be read
    └── ChoiceError, RangeError, …          an option with a wrong value
"""

from __future__ import annotations

import importlib
import os
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path


class IrdbError(Exception):
    """The base class of all errors of irdb_sql.

    The message is a sentence, an empty line, and `Hint:` with the next step.

    Args:
        sentence: The problem with the offending value, starting in lower case.
        hint: One sentence that says what to do next; empty where the sentence says it.
    """

    def __init__(self, sentence: str, hint: str) -> None:
        self.sentence = sentence
        self.hint = hint
        super().__init__(f"{sentence}\n\nHint: {hint}" if hint else sentence)

    def __reduce__(self) -> tuple[Callable[..., IrdbError], tuple[type[IrdbError], str, str], dict[str, object]]:
        """Pickle the error by sentence and hint, because constructors differ."""
        return _restore, (type(self), self.sentence, self.hint), vars(self)


def _restore(kind: type[IrdbError], sentence: str, hint: str) -> IrdbError:
    error = kind.__new__(kind)
    IrdbError.__init__(error, sentence, hint)
    return error


def find_twins(names: Iterable[str], wanted: Iterable[str] | None = None) -> tuple[str, str] | None:
    """Return the first two names that differ only in capitals, of those that are wanted, if there are any.

    Example:
        >>> find_twins(["RANK", "path", "rank"])
        ('RANK', 'rank')
    """
    seen: dict[str, str] = {}
    for name in names:
        key = name.lower()
        if key in seen and (wanted is None or key in wanted):
            return seen[key], name
        seen.setdefault(key, name)
    return None


class NotFoundError(IrdbError, FileNotFoundError):
    """A file, folder or URL does not exist, or has no data."""


class UnknownSplitError(IrdbError, ValueError):
    """A value is not the name of a split."""

    def __init__(self, name: object) -> None:
        super().__init__(f"unknown split {quoted(name)}", "a split is train, validation or test.")


class UnknownSubsetError(IrdbError, ValueError):
    """A value is not the name of a published subset."""

    def __init__(self, name: object) -> None:
        super().__init__(f"unknown subset {quoted(name)}", "a subset is 1k, 2k, 4k or 8k.")


class SplitTypeError(UnknownSplitError, TypeError):
    """A value that is no text stands in the place of a split."""


class SubsetTypeError(UnknownSubsetError, TypeError):
    """A value that is no text stands in the place of a subset."""


class FileError(IrdbError, ValueError):
    """A file exists but does not have the expected content."""


class NoSqlError(NotFoundError):
    """There is no file of SQL, or no folder of such files."""

    def __init__(self, path: Path) -> None:
        is_folder = os.path.isdir(path)  # noqa: PTH112 - Path would raise an error for a name that is too long
        super().__init__(
            f"{quoted(path)} is a folder, no file" if is_folder else f"no file or folder is called {quoted(path)}",
            "name a file with one SELECT, as in `irdb query FILE.sql`, or a folder of them, as in --queries FOLDER.",
        )


class SqlFileError(FileError):
    """A file of the catalog of views, macros and queries is wrong."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(
            f"{quoted(path)} is no catalog of SQL: {fault}" if path.is_dir() else f"{quoted(path)}: {fault}",
            "a file holds one SELECT with $parameters, or CREATE OR REPLACE MACRO or VIEW, of the file's name; "
            "`irdb show NAME` prints examples.",
        )


class MissingParameterError(IrdbError, TypeError):
    """A query of the user has a parameter that its header does not declare, and that was not given."""

    def __init__(self, query: str, names: Sequence[str]) -> None:
        super().__init__(
            f"query {quoted(query)} needs a value of {' and '.join(f'${name}' for name in names)}",
            f"give it, as in {' '.join(f'--param {name}=VALUE' for name in names)} on the command line or "
            f"{', '.join(f'{name}=…' for name in names)} in Python; a line `-- param {names[0]}: what it is` at "
            "the top of the file makes it one that may be left out, and is NULL then.",
        )


class MissingPackageError(IrdbError, ImportError):
    """A package is needed that is not installed."""

    def __init__(self, package: str, hint: str) -> None:
        super().__init__(f"{package} is not installed", hint)

    @classmethod
    def of_extra(cls, package: str, extra: str) -> MissingPackageError:
        """Return the error for a package that an extra installs."""
        return cls(f"the package {package}", f"run `{install_command(extra)}`.")


def install_command(extra: str) -> str:
    """Return the command that installs an extra from where irdb_sql was installed."""
    installation = importlib.import_module("irdb_sql.core.installation")  # late: few need it
    command: str = installation.install_command(extra)
    return command


class ChoiceError(IrdbError, ValueError):
    """An argument has a value that is not one of its choices."""

    def __init__(self, argument: str, value: object, choices: Iterable[str]) -> None:
        self.argument, names = argument, list(choices)
        guess, hint = suggest_name(str(value), names), f"choose one of {', '.join(map(quoted, names))}."
        super().__init__(f"{argument} cannot be {quoted(value)}", f"{guess} Or {hint}" if guess else hint)


class UnknownOptionError(IrdbError, TypeError):
    """A call has an unknown option."""

    def __init__(self, name: str, options: Iterable[str]) -> None:
        names = sorted(options)
        listed = f"the options are {', '.join(names)}."
        super().__init__(f"unknown option {quoted(name)}", suggest_name(name, names) or listed)


class RangeError(IrdbError, ValueError):
    """An argument has a value outside its allowed range."""

    def __init__(self, argument: str, value: object, allowed: str) -> None:
        self.argument = argument
        super().__init__(f"{argument} cannot be {quoted(value)}", f"choose {allowed}.")


class ArgumentTypeError(RangeError, ChoiceError, TypeError):
    """An argument has a value of a wrong type."""

    def __init__(self, argument: str, value: object, expected: str) -> None:
        kind = type(value).__name__
        is_short = value is None or isinstance(value, str | bytes | bool | int | float)
        shown = f"{quoted(value)}, which is of the type {kind}" if is_short else f"of the type {kind}"
        self.argument = argument
        IrdbError.__init__(self, f"{argument} cannot be {shown}", f"pass {expected}.")


class TargetError(IrdbError, OSError):
    """A file or folder cannot be written."""


class TargetExistsError(TargetError, FileExistsError):
    """A folder that should be written already exists and is not empty."""

    def __init__(self, path: Path) -> None:
        is_file = path.is_file()
        fault = "is a file" if is_file else "already exists and is not empty"
        super().__init__(f"{quoted(path)} {fault}", f"choose a new folder{'' if is_file else ', or delete this one'}.")


class UnwritableError(TargetError):
    """A file or folder could not be written and is unchanged."""

    def __init__(self, path: Path, reason: str, hint: str | None = None) -> None:
        is_full = any(words in reason for words in ("No space left", "quota exceeded", "File too large"))
        advice = "choose another path, or free disk space" if is_full else "choose another path"
        super().__init__(f"{quoted(path)} could not be written: {reason}", hint or f"{advice}; nothing was changed.")


def quoted(value: object) -> str:
    """Return a value as quoted, escaped and cropped text, a URL without its secrets."""
    shown = value if isinstance(value, str) else re.sub(_ADDRESS, "", str(value))
    text = "NULL" if value is None else repr(without_secrets(shown))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…'"


def without_secrets(text: str) -> str:
    """Return a text with each URL in it as `public_address` gives it.

    Where the text, or the value of an option, begins with a URL, all of it is one: a password may hold blanks.

    Example:
        >>> without_secrets("GET https://me:mine@example.org/data?signature=x failed")
        'GET https://example.org/data failed'
        >>> without_secrets("--data=https://me:my secret@example.org/data")
        '--data=https://example.org/data'
    """
    if (start := re.match(_START, text)) is not None:
        return start[1] + public_address(text[start.end(1) :])
    return re.sub(_BARE, _without_login, re.sub(_URL, lambda url: public_address(url[0]), text))


def _without_login(match: re.Match[str]) -> str:
    """Return what looks like a URL without slashes, user:password@host, without user, password and query."""
    return re.split("[?#]", match[0].rpartition("@")[2], maxsplit=1)[0]


def public_address(url: str) -> str:
    """Return a URL without user, password, query and fragment.

    A password may hold any character, also those that end a host's name. So where a colon stands in that name,
    everything before the last @ is taken for the password.

    Example:
        >>> public_address("https://me:mine@example.org/data?signature=x#y")
        'https://example.org/data'
        >>> public_address("https://me:m/i?n#e@example.org:8080/data")
        'https://example.org:8080/data'
    """
    scheme, mark, rest = re.split("(:/{1,2})", url, maxsplit=1) if ":/" in url else (url, "", "")
    rest = rest.translate(_FULL_WIDTH)
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    if "@" in host or (":" in host and "@" in rest):
        # A commit of the hub stands behind an @, too: hf://datasets/NAME@COMMIT has no user.
        rest = (rest.rpartition("@") if ":" in host else rest.partition("@"))[2]
    rest = re.sub(_LOGIN, "", re.split("[?#]", rest, maxsplit=1)[0])
    return f"{scheme}{mark}{re.sub(_NO_PORT, lambda host: host['host'], rest)}"


# Patterns are texts, which `re` compiles when an error first shows a value: every command imports this module.
_FULL_WIDTH = str.maketrans("\uff20\uff1a\uff0f\uff1f\uff03", "@:/?#")  # as some keyboards write them
_LOGIN = r"(?<=/)[^/@:]*:[^/@]*@"
_NO_PORT = r"(?<=^)(?P<host>[^/:\[\]]+):(?!\d{1,5}(?:/|$))[^/]*"
_BARE = r"(?:(?<=^)|(?<=[\s'\"]))(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?[^\s/@:'\"]+:[^\s/@'\"]+@[^\s'\"]*"
_START = r"(--[\w-]+=|)[A-Za-z][A-Za-z0-9+.-]+:/{1,2}"  # a path of a URL has one slash less
_URL = r"\b[A-Za-z][A-Za-z0-9+.-]+:/{1,2}[^\s'\"<>]+"
_ADDRESS = r" at 0x[0-9a-fA-F]+"  # of an object of Python, another one in each run
LONGEST_VALUE = 300
MANY_NAMES = 5
_LEAST_LIKENESS, _LEAST_START = 0.7, 3
"""Of names that are suggested: likeness as difflib has it ("limit" is no misspelt "split", 0.6), and letters."""


def suggest_name(name: str, names: Iterable[str]) -> str:
    """Return "did you mean …?" with a similar name, or one that begins so, or ""."""
    difflib = importlib.import_module("difflib")  # only who misspells a name waits for its import
    close = difflib.get_close_matches(name, names := list(names), n=1, cutoff=_LEAST_LIKENESS)
    close = close or [each for each in names if len(name) >= _LEAST_START and each.startswith(name)]
    return f"did you mean {quoted(close[0])}?" if close else ""


_PACKAGES = (
    "sources", "sources.kinds", "storage", "engine", "images", "scorers", "judges", "exports", "imports", "reports",
    "explore", "spark", "cli",
)  # fmt: skip
"""Packages with an `errors` module, in the order of the lookup."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type of a class that is looked up by name
    """Look up an error class in the packages, importing them when needed."""
    if name.endswith(("Error", "Warning")):
        for package in _PACKAGES:
            module = importlib.import_module(f"irdb_sql.{package}.errors")
            if name in vars(module):
                return getattr(module, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

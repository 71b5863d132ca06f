"""Errors of exports and of checks for leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irdb_sql.engine.errors import FormatError
from irdb_sql.errors import IrdbError, NotFoundError, TargetError, quoted
from irdb_sql.images.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class ExportFileError(FormatError):
    """A format has no files of the kind that a suffix means."""

    def __init__(self, path: Path, format: str, kinds: Iterable[str]) -> None:
        super().__init__(
            f"an export of {format} makes no {path.suffix} file, as {quoted(path)} would be",
            f"name a file that ends in {' or '.join(f'.{kind}' for kind in kinds)}, or a new folder.",
        )


class SeveralSplitsError(TargetError, ValueError):
    """One file would hold several splits, without a split column."""

    def __init__(self, path: Path, splits: Iterable[str]) -> None:
        super().__init__(
            f"the file {quoted(path)} would hold {', '.join(splits)} without a split column",
            "select one split with split= (--split), or name a new folder, with files of each.",
        )


class UnusedOptionError(IrdbError, ValueError):
    """A format of an export does not take an option."""

    def __init__(self, option: str, format: str, forms: Iterable[str]) -> None:
        super().__init__(f"an export of {format} takes no {option}", f"it is an option of {', '.join(forms)}.")


class ExportedImageError(ImageError):
    """An image that should be exported cannot be read."""

    def __init__(self, image_path: str, place: str | None, status: str, reason: str) -> None:
        super().__init__(image_path, place, status, reason)
        IrdbError.__init__(
            self,
            self.sentence,
            "--ok-images-only (images='ok' in Python) leaves out images that listings show to be bad, --images FILE "
            "those of `irdb verify -o FILE`, and --no-images (images=False) writes paths.",
        )


class NoExportError(NotFoundError):
    """A place to check for leaks is no export, dataset or split."""

    def __init__(self, place: object, reason: str) -> None:
        super().__init__(
            f"{quoted(place)} cannot be checked: {reason}",
            "name a folder or file of `irdb export`, a dataset, or train, validation or test of --data.",
        )


class AmbiguousPlaceError(IrdbError, ValueError):
    """A name is both a split and a file or folder."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{quoted(name)} is a split, and also a file or folder here",
            f"name the file or folder as ./{name}; to name the split, run in another folder.",
        )

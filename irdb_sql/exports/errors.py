"""Failures of exports and of checks for leaks."""

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

    def __init__(self, path: Path, form: str, kinds: Iterable[str]) -> None:
        super().__init__(
            f"an export of {form} makes no {path.suffix} file, as {quoted(path)} would be",
            f"name a file that ends in {' or '.join(f'.{kind}' for kind in kinds)}, or a new folder.",
        )


class SeveralSplitsError(TargetError, ValueError):
    """One file would hold several splits, without a column of splits."""

    def __init__(self, path: Path, splits: Iterable[str]) -> None:
        super().__init__(
            f"the file {quoted(path)} would hold {', '.join(splits)} and tell no split of a row",
            "name the one split as split= (--split), or a new folder, which gets files for each.",
        )


class UnusedOptionError(IrdbError, ValueError):
    """A format of an export does not take an option."""

    def __init__(self, option: str, form: str, forms: Iterable[str]) -> None:
        super().__init__(f"an export of {form} takes no {option}", f"it is for {', '.join(forms)}.")


class ExportedImageError(ImageError):
    """An image that should be exported cannot be read."""

    def __init__(self, image_path: str, place: str | None, status: str, reason: str) -> None:
        super().__init__(image_path, place, status, reason)
        IrdbError.__init__(
            self,
            self.sentence,
            "--ok-images-only (images='ok' in Python) leaves out what directories show to be bad, --images FILE what "
            "`irdb verify -o FILE` found, and --no-images (images=False) writes paths.",
        )


class NoExportError(NotFoundError):
    """A place to check for leaks is no export, dataset or split."""

    def __init__(self, place: object, reason: str) -> None:
        super().__init__(
            f"{quoted(place)} cannot be checked: {reason}",
            "name a folder or file of `irdb export`, a dataset, or train, validation or test of --data.",
        )


class AmbiguousPlaceError(IrdbError, ValueError):
    """A name is that of a split and of a file or folder."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{quoted(name)} is a split, and here is also a file or folder of that name",
            f"./{name} is the file or folder; the split can be named where there is none.",
        )

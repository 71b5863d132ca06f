"""Errors of exports and of checks for leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from irdb_sql.engine.errors import FormatError
from irdb_sql.errors import IrdbError, NotFoundError, TargetError, quoted
from irdb_sql.images.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class ExportFileError(FormatError):
    """A format has no files of the kind that a suffix means."""

    def __init__(self, path: Path, format: str, kinds: Iterable[str]) -> None:
        super().__init__(
            f"an export of {format} makes no {path.suffix} file, as {quoted(path)} would be",
            f"choose a file that ends in {' or '.join(f'.{kind}' for kind in kinds)}, or a new folder.",
        )


class SeveralSplitsError(TargetError, ValueError):
    """One file would hold several splits, without a split column."""

    def __init__(self, path: Path, splits: Iterable[str]) -> None:
        super().__init__(
            f"the file {quoted(path)} would hold {', '.join(splits)} without a split column",
            "select one split with split= (--split), or choose a new folder, which gets a file per split.",
        )


class UnusedOptionError(IrdbError, ValueError):
    """A format of an export does not take an option."""

    def __init__(self, option: str, format: str, formats: Iterable[str]) -> None:
        super().__init__(
            f"the export format {quoted(format)} has no option {quoted(option)}",
            f"leave it out, or export to one of these formats: {', '.join(formats)}.",
        )


class EmptyExportError(IrdbError, ValueError):
    """An export would hold nothing."""

    reason: ClassVar[str] = ""
    hint_first: ClassVar[str] = "choose other options, or images that are there"

    def __init__(self, format: str, choice: Mapping[str, object]) -> None:
        options = ", ".join(f"{name}={value!r}" for name, value in choice.items())
        what = f"an export of {format}{' with ' if options else ''}{options}"
        super().__init__(
            f"{what} would hold nothing{self.reason}; nothing was written",
            f"{self.hint_first}; allow_empty=True (--allow-empty) writes it all the same.",
        )


class NoVotesError(EmptyExportError):
    """Votes are to be exported of data that have none."""

    reason = ", as the data have no votes that match"
    hint_first = "export to pairs, hpdv3 or hpdv2, which take ranks, too, or choose other options"


class NoRanksError(IrdbError, ValueError):
    """Ranks are to be exported of prompts that have votes instead."""

    def __init__(self, format: str, unranked: Mapping[str, int]) -> None:
        counts = ", ".join(f"{count:,} of {split}" for split, count in unranked.items())
        super().__init__(
            f"an export of {format} needs ranks, which prompts with votes on pairs do not have: {counts}",
            "export to votes, hpdv3, hpdv2 or pairs, or select another split with split= (--split).",
        )


class EmptySideWarning(UserWarning):
    """One of two exports, sets or splits that are compared holds nothing."""

    def __init__(self, place: object) -> None:
        super().__init__(f"{quoted(place)} holds no prompts and no images, so that nothing can be shared")


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
            "pass a folder or file of `irdb export`, a dataset in any layout, or train, validation or test for a split "
            "of --data.",
        )


class AmbiguousPlaceError(IrdbError, ValueError):
    """A name is both a split and a file or folder."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{quoted(name)} is the name of a split and also of a file or folder in the current folder",
            f"write ./{name} for the file or folder; for the split, run in another folder.",
        )

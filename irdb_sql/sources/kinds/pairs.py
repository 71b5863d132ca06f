"""One's own labels: a table of a prompt, two images and which is better, in CSV, Parquet or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from irdb_sql.core.options import check_choice
from irdb_sql.errors import ArgumentTypeError, find_twins
from irdb_sql.sources.errors import ColumnsError, ReservedColumnError, TwinColumnsError
from irdb_sql.sources.kinds.layout import LayoutFiles, check_flat
from irdb_sql.sources.peek import JSON_SUFFIXES, TABLE_SUFFIXES, list_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from irdb_sql.sources.kinds.base import FileReader

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "prompt": ("prompt", "caption", "text"),
    "prompt_id": ("prompt_id",),
    "first": (
        "first", "first_path", "first_image", "image_1", "image1", "img_1", "img1", "image_a", "img_a", "a", "left",
        "image_left", "image_0", "img_0", "path1", "path_0", "image1_path",
    ),
    "second": (
        "second", "second_path", "second_image", "image_2", "image2", "img_2", "img2", "image_b", "img_b", "b", "right",
        "image_right", "image_1", "img_1", "path2", "path_1", "image2_path",
    ),
    "label": ("label", "choice", "vote", "preference", "preferred", "winner", "answer", "pref"),
    "first_votes": ("first_votes", "votes_first", "votes_1", "votes_a", "votes_image1", "votes_left"),
    "second_votes": ("second_votes", "votes_second", "votes_2", "votes_b", "votes_image2", "votes_right"),
    "tied_votes": ("tied_votes", "votes_tied", "ties"),
    "annotator": ("annotator", "annotator_id", "user", "user_id", "worker", "worker_id", "rater", "rater_id"),
    "first_generator": ("first_generator", "first_model", "model_1", "model1", "model_a", "model_left"),
    "second_generator": ("second_generator", "second_model", "model_2", "model2", "model_b", "model_right"),
    "classification": ("classification", "category"),
    "split": ("split",),
    "strength": ("strength", "confidence"),
    "weight": ("weight",),
}  # fmt: skip
"""What columns can be, in the order of the macro's parameters, and their usual names; the first found counts."""

_BETTER = ("better", "better_path", "better_image", "img_better", "chosen", "preferred_image", "winner_image")
_WORSE = ("worse", "worse_path", "worse_image", "img_worse", "rejected", "loser_image")
_RESERVED = "irdb_"  # how names of columns that the macro adds begin
_NONE = "irdb_absent"  # the name of a column of NULLs that the macro adds


def parse_columns(columns: object) -> dict[str, str]:
    """Return names of columns by what they are.

    Args:
        columns: A mapping, or text as in `prompt=caption,first=img_a`.

    Raises:
        ArgumentTypeError: It is neither, or a part has no name.
        ChoiceError: A key is none of `USUAL_NAMES`, `better` and `worse`.

    Example:
        >>> parse_columns("prompt=caption, label=choice")
        {'prompt': 'caption', 'label': 'choice'}
    """
    allowed = "text such as prompt=caption,first=img_a,second=img_b,label=choice, or a mapping"
    parts: list[tuple[object, object]]
    if isinstance(columns, str):
        parts = [(role.strip(), name.strip()) for role, _, name in (part.partition("=") for part in columns.split(","))]
    elif isinstance(columns, Mapping):
        parts = list(columns.items())
    else:
        raise ArgumentTypeError("columns", columns, allowed)
    for role, name in parts:
        if not name or not isinstance(name, str):
            raise ArgumentTypeError("columns", columns, allowed)
        check_choice("a name in columns", role, [*USUAL_NAMES, "better", "worse"])
    return {str(role): str(name) for role, name in parts}


def _plain(names: Sequence[str]) -> dict[str, str]:
    """Return names by what usual names are compared with: in lower case, with `_` for blanks."""
    return {name.strip().lower().replace(" ", "_"): name for name in reversed(names)}


class PairFiles(LayoutFiles):
    """Tables of pairs, whose columns are found by their usual names, or named.

    Args:
        columns: Names of columns, by what they are: a key of `USUAL_NAMES`, `better` or `worse`.
        splits: Names of the splits whose rows are read, where a column names them, with commas; None reads all.
    """

    layout = "pairs"
    description = "table of labelled pairs"
    pattern = ".csv"
    suffixes = (*TABLE_SUFFIXES, ".parquet")
    macro = "labelled_pairs"
    priority = 1
    required: ClassVar[tuple[str, ...]] = ("prompt",)

    def __init__(self, columns: Mapping[str, str] | None = None, splits: str | None = None) -> None:
        self._columns = dict(columns or {})
        self._splits = splits

    def of_splits(self, splits: str | None) -> Self:
        """Return the kind with only the rows of some splits."""
        return self if splits is None else type(self)(self._columns, splits)

    def matches(self, path: Path, fields: frozenset[str]) -> bool:
        """Whether a table has a prompt, two images and a label, by their usual names."""
        found = self._find(_plain(sorted(fields))).keys()
        is_labelled = not found.isdisjoint({"label", "first_votes", "better"})
        return path.suffix.lower() in (".csv", ".tsv") or ({"prompt", "first", "second"} <= found and is_labelled)

    def split_of(self, path: Path) -> str | None:
        """Return the split in the file's name, else `test`; None of a table with a column of splits."""
        found = self._find(_plain(list_names(path))) | self._columns
        return None if "split" in found else super().split_of(path)

    def check(self, path: Path, split: str | None, reader: FileReader) -> None:  # noqa: ARG002 - rows are checked together
        """Check that the columns that are needed are there, and tell those that are ignored."""
        self.check_form(path)
        _, types = reader.read_table(path)
        found = self._complete(path, list(types))
        for name in found.values():
            check_flat(path, name, types[name])
        self.tell_unknown(path, list(types), found.values())

    def field_of(self, path: Path, name: str) -> str:
        """Return the column of a file that holds the prompt, or the first or second image; else its name."""
        return self._choose(path, list_names(path)).get(name.removesuffix("_path"), name)

    def arguments(self, path: Path, split: str | None, number: int, reader: FileReader) -> Sequence[object]:
        """Return the table, the split, the number, the columns, and whether the first image is the better one."""
        table, types = reader.read_table(path)
        found = self._complete(path, list(types))
        return [
            table,
            split,
            number,
            *(found.get(role, _NONE) for role in USUAL_NAMES),
            "better" in found,
            self._splits,
        ]

    def _complete(self, path: Path, names: Sequence[str]) -> dict[str, str]:
        """Return the columns of a table by what they are.

        Raises:
            ColumnsError: A named column is not there, or one that is needed was not found.
        """
        found = self._choose(path, names)
        for role in ("prompt", "first", "second"):
            if role not in found:
                what = {"prompt": "the prompt", "first": "the first image", "second": "the second image"}[role]
                raise ColumnsError(path, f"has no column of {what}", names)
        if "label" not in found and "better" not in found and not {"first_votes", "second_votes"} <= found.keys():
            raise ColumnsError(path, "has no column of labels, and no two of numbers of votes", names)
        if (reserved := next((name for name in names if name.lower().startswith(_RESERVED)), None)) is not None:
            raise ReservedColumnError(path, reserved)
        wanted = {name.lower() for name in found.values()}
        is_table = path.suffix.lower() not in JSON_SUFFIXES  # each of whose objects has names of its own
        if (twins := find_twins(list_names(path) if is_table else names, wanted)) is not None:
            raise TwinColumnsError(path, *twins)
        return found

    def _choose(self, path: Path, names: Sequence[str]) -> dict[str, str]:
        """Return the named columns, and those with usual names for all that is not named."""
        for role, name in self._columns.items():
            if name not in names:
                raise ColumnsError(path, f"has no column {name!r}, which is named as {role}", names)
        found = self._find(_plain(names)) | self._columns
        for role, of_pair in (("better", "first"), ("worse", "second")):
            if role in self._columns:
                found[of_pair] = self._columns[role]
        if not {"label", "first_votes"}.isdisjoint(self._columns):
            found.pop("better", None)
        if {"first_votes", "second_votes"} <= found.keys():  # a table says what was voted once; the rest is told
            unread = ("first_votes", "second_votes", "tied_votes") if "label" in self._columns else ("label",)
            for role in unread:
                found.pop(role, None)
        return found

    def _find(self, lower: Mapping[str, str]) -> dict[str, str]:
        """Find columns by their usual names, from their names by these in lower case."""
        found: dict[str, str] = {}
        for role, usual in USUAL_NAMES.items():
            name = next((lower[each] for each in usual if each in lower and lower[each] not in found.values()), None)
            if name is not None:
                found[role] = name
        better = next((lower[name] for name in _BETTER if name in lower), None)
        worse = next((lower[name] for name in _WORSE if name in lower), None)
        if better is not None and worse is not None and not {"first", "second"} <= found.keys():
            found |= {"first": better, "second": worse}
            if not {"label", "first_votes"} & found.keys():
                found["better"] = better
        return found

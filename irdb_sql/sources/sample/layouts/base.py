"""The interface of the sample of a layout."""

from __future__ import annotations

import contextlib
import itertools
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from irdb_sql.sources.sample.layouts.groups import Group

EXTENSION = "webp"


@dataclass(frozen=True)
class SampleOptions:
    """What a sample holds.

    Attributes:
        pairs: Its number of pairs, over all files.
        images: Whether to write the pictures as files, of layouts that name files.
        has_bytes: Whether to write the columns of bytes, of layouts that have them.
        seed: Same seed, same files.
    """

    pairs: int
    images: bool = False
    has_bytes: bool = True
    seed: int = 0


class LayoutSample(ABC):
    """Writes synthetic files of a layout, as they are published.

    Attributes:
        layout: The name of the layout.
        has_bytes_columns: Whether its files hold the images, in columns; other layouts name files of images.
    """

    layout: ClassVar[str]
    has_bytes_columns: ClassVar[bool] = False

    @abstractmethod
    def write(self, folder: Path, options: SampleOptions) -> Iterator[Group]:
        """Write the files below a folder.

        Yields:
            Each prompt with its images and pairs, when it has been written; its pictures are written by the caller.
        """


def image_path(split: str, name: str) -> str:
    """Return the path of an image below the folder of the sample.

    Example:
        >>> image_path("train", "0f")
        'images/train/0f.webp'
    """
    return f"images/{split}/{name}.{EXTENSION}"


@contextlib.contextmanager
def object_writer(path: Path, begin: str = "[", end: str = "]") -> Iterator[Callable[[object], None]]:
    """Open a JSON file of objects, one a line, for a block that writes each of them.

    Args:
        path: The file.
        begin: Text before the first object.
        end: Text behind the last object.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(begin)
        separators = itertools.chain([""], itertools.repeat(","))

        def write(value: object) -> None:
            file.write(f"{next(separators)}\n{json.dumps(value, ensure_ascii=False)}")

        yield write
        file.write(f"\n{end}\n")

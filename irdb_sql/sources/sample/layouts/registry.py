"""Finds the samples of layouts, every subclass of `LayoutSample` in a module of this folder, and writes them."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import TYPE_CHECKING

from irdb_sql.core.atomic_write import unfinished_folder
from irdb_sql.core.options import check_choice
from irdb_sql.sources.sample import layouts
from irdb_sql.sources.sample.layouts.base import LayoutSample, SampleOptions
from irdb_sql.sources.sample.layouts.pictures import write_pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@functools.cache
def layout_samples() -> Mapping[str, LayoutSample]:
    """Return the sample of each layout by its name.

    Example:
        >>> list(layout_samples())
        ['hpdv2', 'hpdv3', 'mmrb2', 'pairs', 'pickapic', 'rapidata']
    """
    for module in pkgutil.iter_modules(layouts.__path__):
        importlib.import_module(f"{layouts.__name__}.{module.name}")
    samples = [sample() for sample in LayoutSample.__subclasses__()]
    return {sample.layout: sample for sample in sorted(samples, key=lambda sample: sample.layout)}


def write_layout_sample(
    folder: Path,
    layout: str,
    options: SampleOptions,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Write a synthetic dataset in a layout with votes, atomically.

    Args:
        folder: The folder to write, which is new or empty.
        layout: The layout: a key of `layout_samples()`.
        options: What it holds.
        progress: Called with the number of finished pairs, and of all.

    Raises:
        ChoiceError: There is no such layout.
        TargetExistsError: The folder is there and not empty.
        UnwritableError: The disk is full, or the place cannot be written; nothing is left behind.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_layout_sample(pathlib.Path(folder), "hpdv3", SampleOptions(pairs=20))
        ...     sorted(path.name for path in pathlib.Path(folder).iterdir())
        ['test.json', 'train.json']
    """
    check_choice("layout", layout, layout_samples())
    sample = layout_samples()[layout]
    done = 0
    with unfinished_folder(folder) as unfinished:
        for group in sample.write(unfinished, options):
            if options.images and not sample.has_bytes_columns:
                write_pictures(unfinished, group)
            done += len(group.pairs)
            progress(done, options.pairs)

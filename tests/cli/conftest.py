"""Fixtures of the command line: a dataset of three images, and one of two splits with scores."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import image, write_metadata


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return write_metadata(folder, [image("p", "a", 1, 6, 6, 6), image("p", "b", 2, 5, 5, 5), image("p", "c", 2)])


@pytest.fixture
def ranked_data(tmp_path: Path) -> Path:
    folder = tmp_path / "ranked"
    folder.mkdir()
    rows = [image(prompt, f"{prompt}{name}", rank) for prompt in "pqr" for name, rank in (("a", 1), ("b", 2), ("c", 2))]
    rows += [image("v", f"v{name}", rank, split="validation") for name, rank in (("a", 1), ("b", 1), ("c", 2))]
    return write_metadata(folder, rows)


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """Scores of both splits; one prompt is ordered wrongly."""
    values = {
        "pa": 3,
        "pb": 2,
        "pc": 1,
        "qa": 3,
        "qb": 1,
        "qc": 1,
        "ra": 1,
        "rb": 2,
        "rc": 3,
        "va": 1.0,
        "vb": 0.9,
        "vc": 0,
    }
    path = tmp_path / "scores.csv"
    path.write_text("image,mine\n" + "".join(f"{name}.webp,{value}\n" for name, value in values.items()))
    return path

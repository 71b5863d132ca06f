"""Measures what measures of images cost, correlations of scores with them, and how often the intervals of these hold the truth.

    python tests/benchmarks/confounds.py

Correlations are of four scorers of the test split of a made-up 8k dataset with made-up measures, database open and scores
read, against NumPy with all prompts in one array; images are 200 WebP files of 512 x 512 pixels in a zip, against a loop of
Pillow and NumPy. Both in turns in one run, after their values have been checked equal. Intervals are those of 2,000 draws
of prompts from 7,900, by the formulas of the SQL. Nothing here is a test.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from PIL import Image

import irdb_sql
from irdb_sql.sources.sample.dataset import SUBSETS, write_sample

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS, SCORERS, IMAGES, PROMPTS, DRAWS = 7, 4, 200, 7900, 2000
NAMES = ("brightness", "entropy", "file_size", "pixels", "saturation", "sharpness")
GREY = np.array([0.299, 0.587, 0.114])


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        compare_correlations(Path(temporary))
        compare_measures(Path(temporary))
    count_coverage()


def in_turns(name: str, ours: Callable[[], Any], theirs: Callable[[], Any], runs: int = RUNS) -> None:
    assert np.allclose(ours(), theirs(), rtol=1e-2), "the two disagree"
    times: list[list[float]] = [[], []]
    for _ in range(runs):
        for place, ask in enumerate((ours, theirs)):
            began = time.perf_counter()
            ask()
            times[place].append(1000 * (time.perf_counter() - began))
    one, other = map(statistics.median, times)
    print(f"{name}: ours {one:.0f} ms, by hand {other:.0f} ms, ratio {one / other:.2f}")


def compare_correlations(folder: Path) -> None:
    write_sample(folder / "8k", SUBSETS["8k"])
    random = np.random.default_rng(0)
    with irdb_sql.connect(folder / "8k", split="test") as db:
        images = db.images().select("image_path", "prompt_id", "rank")
    numbers: dict[str, np.ndarray] = {
        name: random.random(images.height) for name in ("brightness", "entropy", "saturation", "sharpness")
    }
    numbers |= {name: random.integers(1, 1000, images.height) for name in ("size", "width")}
    measures = images.select("image_path", status=pl.lit("ok"), height=pl.lit(1)).with_columns(**numbers)
    measures.write_parquet(folder / "measures.parquet")
    scores = images.select("image_path").with_columns(
        pl.Series(f"scorer {number}", random.normal(0, 1, images.height) - images["rank"].to_numpy())
        for number in range(SCORERS)
    )
    places = images.with_row_index().group_by("prompt_id", maintain_order=True).agg("index")["index"].to_list()
    most = max(map(len, places))
    padded = np.array([[*of, *[0] * (most - len(of))] for of in places])
    is_image = np.array([[place < len(of) for place in range(most)] for of in places])
    columns = [numbers[{"file_size": "size", "pixels": "width"}.get(name, name)] for name in NAMES]
    people = -images["rank"].to_numpy()
    options: Any = {"scores": scores, "measures": folder / "measures.parquet", "missing": "drop"}

    def by_hand() -> list[float]:
        found = []
        for values in columns:
            for scorer in scores.columns[1:]:
                of = (scores[scorer].to_numpy()[padded], people[padded], values[padded])
                found.append(interval(prompt_terms(*of, is_image=is_image)))
        return [number for row in found for number in row]

    with irdb_sql.connect(folder / "8k", split="test", **options) as db:

        def ours() -> list[float]:
            found = db.query("score_confounds").filter(pl.col("covariate") != "prompt_length")
            return [
                number
                for row in found.select("partial_correlation", "partial_lower", "partial_upper").iter_rows()
                for number in row
            ]

        in_turns("correlations with six measures", ours, by_hand)


def prompt_terms(*columns: np.ndarray, is_image: np.ndarray | None = None) -> np.ndarray:
    """Sums of products of the ranks of scores, people and a covariate, by prompt; each column has a row per prompt.

    Twice a rank, less its mean, is the number of images below minus the number of those above.
    """
    mask = np.ones(columns[0].shape, bool) if is_image is None else is_image
    both = mask[:, :, None] & mask[:, None, :]
    sizes = mask.sum(axis=1, keepdims=True) + 1
    x, z, y = ((np.sign(of[:, :, None] - of[:, None, :]) * both).sum(axis=2) / sizes for of in columns)
    products = [(one * other).sum(axis=1) for one, other in ((x, y), (x, z), (z, y), (x, x), (y, y), (z, z))]
    return np.stack(products, axis=1)


def partial(terms: np.ndarray) -> Any:
    xy, xz, zy, xx, yy, zz = terms.T
    return (xy * zz - xz * zy) / np.sqrt((xx * zz - xz * xz) * (yy * zz - zy * zy))


def interval(terms: np.ndarray) -> tuple[float, float, float]:
    """The partial correlation of prompts, and its 95 % interval by the jackknife."""
    n, whole = len(terms), float(partial(terms.sum(axis=0)))
    changes = partial(terms.sum(axis=0) - terms) - whole
    normal, degrees = 1.959963984540054, n - 1
    quantile = (
        normal + (normal**3 + normal) / 4 / degrees + (5 * normal**5 + 16 * normal**3 + 3 * normal) / 96 / degrees**2
    )
    half = quantile * float(np.sqrt((n - 1) / n * (changes @ changes))) / (1 - whole**2)
    return whole, float(np.tanh(np.arctanh(whole) - half)), float(np.tanh(np.arctanh(whole) + half))


def compare_measures(folder: Path) -> None:
    random = np.random.default_rng(0)
    (folder / "images/test").mkdir(parents=True)
    paths = [f"images/test/test_1/{number}.webp" for number in range(IMAGES)]
    with zipfile.ZipFile(folder / "images/test/test_1.zip", "w") as archive:
        for path in paths:
            blocks = np.kron(random.integers(0, 256, (16, 16, 3)), np.ones((32, 32, 1)))
            pixels = np.clip(blocks + random.normal(0, 8, blocks.shape), 0, 255).astype(np.uint8)
            file = io.BytesIO()
            Image.fromarray(pixels).save(file, "WEBP")
            archive.writestr(Path(path).name, file.getvalue())
    pl.DataFrame({
        "image_path": paths, "prompt_id": ["p"] * IMAGES, "prompt": ["p"] * IMAGES, "classification": ["People"] * IMAGES,
        "image_amount_in_total": [9] * IMAGES, "rank": [1] * IMAGES, "overall_rating": [4] * IMAGES,
        "image_text_alignment_rating": [4] * IMAGES, "fidelity_rating": [4] * IMAGES,
    }).write_parquet(folder / "metadata-test.parquet")  # fmt: skip

    def by_hand() -> list[float]:
        found = []
        with zipfile.ZipFile(folder / "images/test/test_1.zip") as archive:
            for path in paths:
                pixels = np.asarray(Image.open(io.BytesIO(archive.read(Path(path).name))).convert("RGB")) / 255.0
                luma = pixels @ GREY
                high, low = pixels.max(axis=2), pixels.min(axis=2)
                saturation = ((high - low) / np.where(high > 0, high, 1)).mean()
                near = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * luma[1:-1, 1:-1]
                shares = np.histogram(luma, 256, (0, 1))[0] / luma.size
                entropy = -(shares[shares > 0] * np.log2(shares[shares > 0])).sum()
                found += [luma.mean(), saturation, 255**2 * near.var(), entropy]
        return found

    with irdb_sql.connect(folder) as db:

        def ours() -> list[float]:
            measured = db.image_files(measure=True)
            rows = measured.select("brightness", "saturation", "sharpness", "entropy").rows()
            return [number for row in rows for number in row]

        in_turns(f"measures of {IMAGES} images", ours, by_hand, runs=3)
        began = time.perf_counter()
        db.image_files(decode=True)
        print(f"decoding alone: {1000 * (time.perf_counter() - began):.0f} ms")


def count_coverage() -> None:
    """Count how often intervals hold the partial correlation of all prompts."""
    random = np.random.default_rng(1)
    terms: dict[str, list[np.ndarray]] = {name: [] for name in ("people", "both", "covariate", "nothing")}
    for _ in range(PROMPTS):
        covariate, quality, noise = random.normal(size=(3, random.integers(4, 10)))
        liked = quality + 0.2 * covariate + 0.8 * random.normal(size=noise.size)
        people = np.clip(np.round(1.2 * liked), -2, 2)
        scores = {
            "people": liked + 0.3 * noise,
            "both": 0.5 * quality + 0.8 * covariate + noise,
            "covariate": covariate + 0.15 * noise,
            "nothing": noise,
        }
        for name, of in scores.items():
            terms[name].append(prompt_terms(*(each[None, :] for each in (of, people, covariate))))
    for name, listed in terms.items():
        of = np.concatenate(listed)
        truth = partial(of.sum(axis=0))
        for size in (5, 20, 100, 400):
            draws = (of[random.choice(PROMPTS, size, replace=False)] for _ in range(DRAWS))
            bounds = [interval(draw)[1:] for draw in draws if 1 - partial(draw.sum(axis=0)) ** 2 > 1e-12]  # else none
            share = statistics.mean(float(lower <= truth <= upper) for lower, upper in bounds)
            print(f"a scorer that follows {name} ({truth:.2f}), {size} prompts: {100 * share:.1f} % hold it")


if __name__ == "__main__":
    main()

"""Writes what was measured as Markdown, as it stands in the README and on the page on performance."""

from __future__ import annotations

from typing import Any

SIZES = {1: "8k", 10: "×10", 100: "×100"}


def table(found: dict[str, Any]) -> str:
    """Return a table of a row a job, and sentences on memory, out of core and start-up."""
    sizes = list({job["size"]: None for job in found["jobs"]})
    lines = [
        f"| job | {' | '.join(label(size) for size in sizes)} | growth |",
        f"| --- {'| --- ' * len(sizes)}| --- |",
    ]
    for name in {job["job"]: None for job in found["jobs"]}:
        cells = [cell(job["seconds"]) for job in found["jobs"] if job["job"] == name]
        growth = found["growth"].get(name)
        lines.append(f"| {name} | {' | '.join(cells)} | {'' if growth is None else f'{growth:.2f}'} |")
    return "\n".join([*lines, "", *sentences(found)])


def ratios(found: dict[str, Any]) -> str:
    """Return a row a job: our time on the smallest and the largest size, as a ratio to the best of the others."""
    sizes = [job["size"] for job in found["jobs"]]
    measured = {(job["job"], job["size"]): job["seconds"] for job in found["jobs"]}
    return "\n".join(
        f"| {name} | {' | '.join(cell(measured[name, size]).partition(', ')[2] for size in (min(sizes), max(sizes)))} |"
        for name in {job["job"]: None for job in found["jobs"]}
    )


def cell(seconds: dict[str, float]) -> str:
    """Write our time and its ratio to the best of the others."""
    ours = seconds["ours"]
    name, best = min(((name, taken) for name, taken in seconds.items() if name != "ours"), key=lambda pair: pair[1])
    return f"{spelled(ours)}, {ours / best:.2f} of {name}"


def sentences(found: dict[str, Any]) -> list[str]:
    """Say what else was measured, a line each."""
    size = max(job["size"] for job in found["jobs"])
    images, pairs = next((job["images"], job["pairs"]) for job in found["jobs"] if job["size"] == size)
    peaks = [f"{peak / 1e9:.2f} GB ({name})" for name, peak in found["peak"].items()]
    alone, ours = list(found["start_up"].values())[:2]
    said = [
        f"- {label(size)} are {images:,} images and {pairs:,} strict pairs; the most memory that a process takes for",
        f"  these pairs with text: {', '.join(peaks)}.",
        f'- `irdb sql "SELECT 1"` takes {spelled(ours)}, {ours / alone:.2f} of what importing duckdb and polars takes.',
    ]
    if "scorers" in found:
        times = found["scorers"]["all splits"]
        said += [
            f"- Judging 10 scorers of 8k by 26 metrics with 1,000 resamples takes {spelled(times['ours'])}, {times['ours'] / times['by hand']:.2f} of",
            "  what `acc_micro` alone takes with Polars and NumPy.",
        ]
    if "out_of_core" in found:
        core = found["out_of_core"]
        said += [
            f"- `irdb query pairs -o pairs.parquet` on {core['images']:,} images writes {core['rows']:,} pairs with text in",
            f"  {core['seconds']:.0f} s, and takes {core['peak'] / 1e9:.2f} GB of memory at most.",
        ]
    return said


def label(size: int) -> str:
    """Name a size."""
    return SIZES.get(size, f"×{size}")


def spelled(seconds: float) -> str:
    """Write a time."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"

"""Measures what a person waits for in the explorer, in Chromium, on a made-up 8k dataset with images.

    python tests/benchmarks/explore.py

The first page is timed from the moment at which the server listens; the next pair from the press of the key to both images
drawn, beside loading the page of that pair, whose images the browser has in both cases. Nothing here is a test.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import irdb_sql
from irdb_sql.explore.guard import Access
from irdb_sql.explore.server import Exploration, ExploreServer
from irdb_sql.sources.sample.dataset import SUBSETS, write_sample

STARTS, PAIRS = 5, 15
DRAWN = "() => [...document.querySelectorAll('.pair img')].every(image => image.complete && image.naturalWidth)"


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "8k"
        write_sample(folder, SUBSETS["8k"], images=True)
        with irdb_sql.connect(folder, scores="baselines") as db, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )  # as root, and with pages of this machine alone
            page = browser.new_page()
            page.goto("data:text/html,<title>a browser that runs already</title>")
            firsts = []
            for _ in range(STARTS):
                with Exploration(ExploreServer(db, Access())) as pages:
                    firsts.append(load(page, pages.address))
                    page.wait_for_load_state("networkidle")
            print(
                f"first page after start, of {STARTS}: {statistics.median(firsts):.0f} ms (longest {max(firsts):.0f})"
            )
            with Exploration(ExploreServer(db, Access())) as pages:
                for path in (
                    "prompts",
                    "pairs",
                    "pairs?scorer=uuid&verdict=disagrees&sort=surest",
                    "scorers",
                    "audit",
                    "sql",
                ):
                    print(
                        f"/{path}: {', '.join(f'{load(page, pages.address + path):.0f}' for _ in range(3))} ms (first, again, again)"
                    )
                kept = walk(page, pages.address)
                anew = walk(page, pages.address, anew=True)
                print(
                    f"next pair, of {PAIRS}: {statistics.median(kept):.0f} ms (longest {max(kept):.0f}), "
                    f"by loading its page {statistics.median(anew):.0f} ms, "
                    f"ratio {statistics.median(kept) / statistics.median(anew):.2f}"
                )
                heap = page.evaluate("performance.memory.usedJSHeapSize")
                print(f"memory of the page of 136,888 pairs: {heap / 1e6:.1f} MB")
            browser.close()


def load(page: Page, address: str) -> float:
    began = time.perf_counter()
    page.goto(address, wait_until="domcontentloaded")
    return 1000 * (time.perf_counter() - began)


def walk(page: Page, address: str, *, anew: bool = False) -> list[float]:
    """Return the milliseconds of each step to the next pair, by a key, or by loading its page anew."""
    page.goto(f"{address}pairs?pair=1001")
    page.wait_for_load_state("networkidle")
    times = []
    for number in range(1002, 1002 + PAIRS):
        began = time.perf_counter()
        if anew:
            page.goto(f"{address}pairs?pair={number}", wait_until="commit")
        else:
            page.keyboard.press("ArrowRight")
            page.wait_for_url(f"**pair={number}")
        page.wait_for_function(DRAWN, polling=5)
        times.append(1000 * (time.perf_counter() - began))
        page.wait_for_load_state("networkidle")
    return times


if __name__ == "__main__":
    main()

"""Makes the pictures of the manual from the sample: each report, and a terminal."""

from __future__ import annotations

import html
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from PIL import Image
from playwright.sync_api import sync_playwright

import irdb_sql
from irdb_sql.reports.catalog import REPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

FOLDER = Path(__file__).parent.parent / "pictures"
_WIDTH, _HEIGHT = 860, 760
_COLOURS = 128  # few enough that a picture is small, enough that none of them is seen
_COMMANDS = (
    ["query", "rank_gaps", "--param", "split=test"],
    ["evaluate", "baselines", "--split", "test", "--metric", "acc_micro", "--metric", "tau_b"],
)
_TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 16px 20px; background: #16181d; color: #d7dae0; }}
pre {{ margin: 0; font: 13px/1.25 "DejaVu Sans Mono", "Liberation Mono", monospace; }}
b {{ color: #7fd48a; }}</style><pre>{}</pre>"""


def make_pictures(folder: Path = FOLDER) -> list[str]:
    """Write every picture, and return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, page in _render_reports():
            (folder / f"{name}.png").write_bytes(_take_picture(browser, page, _HEIGHT))
        (folder / "terminal.png").write_bytes(_take_picture(browser, _TERMINAL.format(_run_commands()), None))
        browser.close()
    return sorted(path.name for path in folder.glob("*.png"))


def _render_reports() -> Iterator[tuple[str, str]]:
    """Render each report of the sample; that of scorers has one that looks like a model."""
    with irdb_sql.connect() as db:
        scores = db.images().select("image_path", my_model=pl.mean_horizontal("^(overall|fidelity).*$"))
    with irdb_sql.connect(scores=[scores, "baselines"]) as db:
        for name in REPORTS:
            yield name, irdb_sql.render(db, name, "html")


def _take_picture(browser: Browser, page: str, height: int | None) -> bytes:
    """Return the top of a page as PNG; all of it if no height is given."""
    with tempfile.TemporaryDirectory() as folder, browser.new_context(color_scheme="light") as context:
        (Path(folder) / "page.html").write_text(page)
        tab = context.new_page()
        tab.set_viewport_size({"width": _WIDTH, "height": height or 1})
        tab.goto((Path(folder) / "page.html").as_uri())
        shot = tab.screenshot(full_page=height is None)
    small = io.BytesIO()
    with Image.open(io.BytesIO(shot)) as picture:
        picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return small.getvalue()


def _run_commands() -> str:
    """Return commands and their answers as a terminal shows them."""
    parts = []
    for command in _COMMANDS:
        answer = subprocess.run(  # noqa: S603 - a command of ours
            [sys.executable, "-m", "irdb_sql", *command], capture_output=True, text=True, check=True
        )
        parts.append(f"<b>$ irdb {html.escape(' '.join(command))}</b>\n{html.escape(answer.stdout)}")
    return "\n".join(parts)

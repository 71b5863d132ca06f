"""Makes the pictures of the manual from the sample: the explorer, each report, a terminal, and the notebooks."""

from __future__ import annotations

import html
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

import irdb_sql
from irdb_sql.manual import CHECKOUT
from irdb_sql.manual.notebooks import FOLDER as NOTEBOOKS
from irdb_sql.manual.notebooks import serve_notebook
from irdb_sql.reports.catalog import REPORTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = CHECKOUT / "docs/pictures"
EXPLORER_PAGES = ("scorers", "pairs")
_WIDTH, _HEIGHT = 1000, 760
_COLOURS = 128  # few enough that a picture is small, enough that none of them is missed
_COMMANDS = (
    ["query", "pair_counts", "--param", "split=test"],
    ["evaluate", "baselines", "--split", "test", "--metric", "acc_micro", "--metric", "tau_b"],
)
_SCORES = "SELECT image_path, least(fidelity_rating, image_text_alignment_rating) AS my_model FROM images"
"""Makes the scores of the front page."""

_TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 16px 20px; background: #16181d; color: #d7dae0; }}
pre {{ margin: 0; font: 13px/1.25 "DejaVu Sans Mono", "Liberation Mono", monospace; }}
b {{ color: #7fd48a; }}</style><pre>{}</pre>"""


def make_pictures(folder: Path = FOLDER, *, with_notebooks: bool = True) -> list[str]:
    """Write every picture, or all but those of notebooks, which take longest, and return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    with irdb_sql.connect() as db:
        scores = db.sql(_SCORES)
    with (
        irdb_sql.connect(scores=[scores, "baselines"]) as db,
        db.explore() as explorer,
        tempfile.TemporaryDirectory() as pages,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT}, color_scheme="light")
        for name in EXPLORER_PAGES:
            _take_picture(page, explorer.address + name, folder / f"explorer-{name}.png")
        contents = {f"report-{name}": irdb_sql.render(db, name, "html") for name in REPORTS}
        for name, content in (contents | {"terminal": _TERMINAL.format(_run_commands())}).items():
            file = Path(pages, f"{name}.html")
            file.write_text(content)
            _take_picture(page, file.as_uri(), folder / f"{name}.png")
        for notebook in sorted(NOTEBOOKS.glob("*.py")) if with_notebooks else ():
            with serve_notebook(notebook) as address:
                page.goto(address)
                page.locator("table").first.wait_for()
                page.locator("img, .vega-embed").first.wait_for()
                _take_picture(page, None, folder / f"notebook-{notebook.stem}.png")
        browser.close()
    return sorted(path.name for path in folder.glob("*.png"))


def _take_picture(page: Page, address: str | None, target: Path) -> None:
    """Write the top of a page, or all of it where it is shorter, as PNG; None takes the page that is open."""
    if address is not None:
        page.goto(address)
    page.wait_for_load_state("networkidle")
    height = page.evaluate("document.body.getBoundingClientRect().height")
    shot = page.screenshot(clip={"x": 0, "y": 0, "width": _WIDTH, "height": min(height, _HEIGHT)})
    with Image.open(io.BytesIO(shot)) as picture:
        picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def _run_commands() -> str:
    """Return commands and their answers as a terminal shows them."""
    parts = []
    for command in _COMMANDS:
        answer = subprocess.run(  # noqa: S603 - a command of ours
            [sys.executable, "-m", "irdb_sql", *command], capture_output=True, text=True, check=True
        )
        parts.append(f"<b>$ irdb {html.escape(' '.join(command))}</b>\n{html.escape(answer.stdout)}")
    return "\n".join(parts)

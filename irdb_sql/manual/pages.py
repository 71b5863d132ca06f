"""Builds the site: pages by task, the reference with its SQL, and a search that works without a server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from irdb_sql.manual import CHECKOUT

_DOCS = CHECKOUT / "docs"
_STYLE, _SCRIPT = (Path(__file__).parent / name for name in ("style.css", "search_of_files.js"))
_SHIM = re.compile(r'<script src="https://unpkg\.com/iframe-worker/shim"[^>]*></script>')
_SQL_LINK = re.compile(r"^SQL: \[(queries/\w+/\w+\.sql)\]\(.*\)$", re.MULTILINE)

SECTIONS = {
    "Ask": ("command-line", "sql", "python", "images", "definitions"),
    "Judge": ("evaluate", "scorers", "judges", "generators", "datasets"),
    "Share": ("reports", "explorer", "exports", "examples"),
    "Data": ("download", "spark", "performance"),
}
"""The pages of each section of the navigation, beside those that stand on their own."""


class SiteError(Exception):
    """The site has a warning, such as a link that leads nowhere."""


def build_site(target: Path) -> None:
    """Build the site in a folder, which is replaced.

    Raises:
        SiteError: There is a warning.
    """
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        write_sources(stage / "docs")
        (stage / "mkdocs.yml").write_text(json.dumps(_settings(stage / "docs")))  # JSON is YAML
        built = subprocess.run(
            [sys.executable, "-m", "zensical", "build", "--strict", "--clean"],
            cwd=stage,
            env=os.environ | {"NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode:
            raise SiteError(built.stdout + built.stderr)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(stage / "site", target)
    for page in target.rglob("*.html"):
        page.write_text(re.sub(_SHIM, f"<script>{_SCRIPT.read_text()}</script>", page.read_text()))


def write_sources(folder: Path) -> None:
    """Write the Markdown of the site: README, changelog, manual, notebooks, and the reference with its SQL."""
    shutil.copytree(_DOCS, folder)
    shutil.copy(_STYLE, folder)
    for name, page in (("README.md", "index.md"), ("CHANGELOG.md", "changelog.md")):
        text = (CHECKOUT / name).read_text().replace("(docs/", "(").replace("(CHANGELOG.md", "(changelog.md")
        (folder / page).write_text(text)
    shutil.copytree(CHECKOUT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    examples = folder / "examples.md"
    examples.write_text(examples.read_text().replace("(../examples/", "(examples/"))
    for path in (folder / "reference/sql").glob("*.md"):
        text = re.sub(_SQL_LINK, lambda link: _folded((CHECKOUT / link[1]).read_text()), path.read_text())
        path.write_text(text)


def _folded(text: str) -> str:
    """Return SQL that a reader unfolds."""
    lines = "\n".join(f"    {line}".rstrip() for line in text.splitlines())
    return f'??? note "SQL"\n    ```sql\n{lines}\n    ```'


def _settings(pages: Path) -> dict[str, object]:
    """Return the settings of the generator."""
    light = {"media": "(prefers-color-scheme: light)", "scheme": "default"}
    dark = {"media": "(prefers-color-scheme: dark)", "scheme": "slate"}
    return {
        "site_name": "irdb_sql",
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": False,
        "extra_css": [_STYLE.name],
        "theme": {
            "name": "material",
            "font": False,
            "features": [
                "content.code.copy",
                "navigation.sections",
                "navigation.footer",
                "navigation.top",
                "toc.follow",
            ],
            "palette": [
                {**light, "toggle": {"icon": "lucide/sun", "name": "Switch to dark mode"}},
                {**dark, "toggle": {"icon": "lucide/moon", "name": "Switch to light mode"}},
            ],
        },
        "extra": {"generator": False},
        "plugins": ["search", "offline"],
        "markdown_extensions": [
            {"toc": {"permalink": True}},
            "tables",
            "pymdownx.details",
            "pymdownx.superfences",
            {"pymdownx.highlight": {"pygments_lang_class": True}},
        ],
        "nav": _navigation(pages),
    }


def _navigation(pages: Path) -> list[object]:
    """Return the navigation, with the pages that are there."""
    topics = sorted(page.name for page in (pages / "reference/sql").glob("*.md"))
    sections = {
        title: [f"{name}.md" for name in names if (pages / f"{name}.md").exists()] for title, names in SECTIONS.items()
    }
    return [
        {"irdb_sql": "index.md"},
        "quickstart.md",
        *({title: names} for title, names in sections.items()),
        {
            "Reference": [
                {"Commands": "reference/commands.md"},
                {"Metrics": "reference/metrics.md"},
                {"Python": ["reference/python.md", "reference/database.md", "reference/errors.md"]},
                {"SQL": ["reference/sql.md", *(f"reference/sql/{name}" for name in topics)]},
            ]
        },
        {"About": ["security.md", "contributing.md", "changelog.md"]},
    ]

"""The manual is whole: its pages, links, pictures and tables say what is there."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from conftest import CHECKOUT

from irdb_sql.core.catalog import KEYS

if TYPE_CHECKING:
    from conftest import RunCli

    from irdb_sql import ImageRewardDB

DOCS = CHECKOUT / "docs"
README = (CHECKOUT / "README.md").read_text()
CONTRIBUTING = (DOCS / "contributing.md").read_text()
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
PAGES = [CHECKOUT / "README.md", CHECKOUT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_each_page_begins_with_an_example_and_ends_with_what_can_go_wrong(page: Path) -> None:
    lines = page.read_text().splitlines()
    assert any(line.startswith("```") for line in lines[:8])
    assert [line for line in lines if line.startswith("## ")][-1] == "## What can go wrong"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_each_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]+`", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if re.match(r"\w+:", target):
            continue
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


def anchors(page: Path) -> set[str]:
    """Return what GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


FOREIGN = {
    "get_context", "map_batches", "multiprocessing_context", "to_arrow", "to_pandas", "top_k",  # Polars and Python
    "from_json", "json_contains", "json_transform", "query_table",  # DuckDB
    "image_1", "validation_unique", "votes_image1", "votes_image2",  # files of other datasets
    "a_1", "my_query",  # of an example
    "by_split", "with_interval", "with_share", "acc_micro_difference",  # in templates of reports
    "alignment_rating",  # the baseline, a value
    "--quick", "faulthandler_timeout", "full_spark",  # of benchmarks and tests
}  # fmt: skip
"""Words of the manual that are no name of ours that the reference has."""


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent == DOCS and page.stem != "contributing"], ids=lambda page: page.stem
)
def test_each_name_in_a_sentence_is_in_the_reference(page: Path) -> None:
    reference = "\n".join(path.read_text() for path in (DOCS / "reference").rglob("*.md"))
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    codes = [code for code in re.findall(r"`([^`\n]+)`", text) if "/" not in code]
    names = {name for code in codes for name in re.findall(r"\b[a-z]+_\w+|(?<!\S)--[a-z][\w-]+", code)}
    assert names - FOREIGN <= {*re.findall(r"\w+|--[a-z][\w-]+", reference)}


def test_the_readme_is_short_and_links_to_every_page() -> None:
    assert len(README.splitlines()) <= 200
    for page in DOCS.glob("*.md"):
        assert f"(docs/{page.name}" in README


def test_each_recipe_of_the_readme_works(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "FOLDER").mkdir()
    (tmp_path / "FOLDER/my_query.sql").write_text("SELECT prompt FROM prompts ORDER BY first_row LIMIT 3")
    (tmp_path / "labels.csv").write_text("caption,img_a,img_b,choice\na cat,1.png,2.png,A\n")
    (tmp_path / "scores.csv").write_text("image_path,my_model\n1.png,0.9\n2.png,0.1\n")
    run_cli("sql", "SELECT image_path, fidelity_rating AS score FROM images", "-o", "a.csv")
    run_cli("sql", "SELECT image_path, overall_rating AS score FROM images", "-o", "b.csv")
    recipes = re.findall(r"^\| .* \| `irdb ([^`]+)`", README, re.MULTILINE)
    assert len(recipes) > 5
    for recipe in recipes:
        code, out, err = run_cli(*shlex.split(recipe))
        assert code == 0, err
        assert out or "-o" in recipe or "export-images" in recipe, recipe
    assert len(list((tmp_path / "horse").rglob("*.webp"))) > 3


def test_each_recipe_of_python_in_the_readme_works(db: ImageRewardDB) -> None:
    frame = db.prompts(split="test").select("split", "prompt_id", is_long=pl.col("images") > 5)
    recipes = re.findall(r"^\| .* \| `(db\.[^`]+)`", README, re.MULTILINE)
    assert len(recipes) >= 3
    for recipe in recipes:
        assert eval(recipe, {"db": db, "scores": "baselines", "frame": frame}) is not None  # noqa: S307 - of ours


def test_what_was_measured_is_what_is_written() -> None:
    folder = CHECKOUT / "tests" / "benchmarks"
    found = json.loads((folder / "results.json").read_text())
    tables = runpy.run_path(str(folder / "tables.py"))
    assert tables["table"](found) in (DOCS / "performance.md").read_text()
    assert tables["ratios"](found) in README
    assert found["machine"]["cores"] == 2


def test_the_two_commands_are_those_that_ci_runs() -> None:
    installs = re.findall(r"^```sh\n(.*\.venv/bin/.*)\n```$", README, re.MULTILINE)
    assert len(installs) == 2
    assert "README.md" in (CHECKOUT / ".ci" / "run").read_text()
    assert installs[0].endswith(".venv/bin/irdb report -o report.html")
    assert installs[1].endswith(".venv/bin/pytest -n auto --dist loadgroup")


def test_every_extra_is_explained() -> None:
    table = (DOCS / "quickstart.md").read_text()
    assert {*re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)} == PROJECT["optional-dependencies"].keys() - {"dev"}


def test_every_package_is_named() -> None:
    packages = {path.parent.name for path in (CHECKOUT / "irdb_sql").glob("*/__init__.py")}
    named = set(re.findall(r"[\w/]+", CONTRIBUTING.partition("## Where things are")[2].partition("## Add")[0]))
    assert packages <= {name.removeprefix("irdb_sql/") for name in named}


def test_every_path_exists() -> None:
    for page in DOCS.glob("*.md"):
        paths = re.findall(r"`((?:irdb_sql|queries|tests|docs|examples)/[\w./]*)`", page.read_text())
        assert [path for path in paths if not (CHECKOUT / path).exists()] == [], page


def test_every_key_of_a_header_is_described() -> None:
    described = set(re.findall(r"^\| `-- ([a-z ]+): ", CONTRIBUTING, re.MULTILINE))
    assert described == {*KEYS, "note"}
    assert "| `-- param NAME: …` |" in CONTRIBUTING


def test_the_changelog_keeps_to_its_form_and_begins_with_the_version() -> None:
    headings = re.findall(r"^(##+) (.*)$", (CHECKOUT / "CHANGELOG.md").read_text(), re.MULTILINE)
    releases = [text for level, text in headings if level == "##"]
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d|unreleased)", text) for text in releases)
    assert releases[0].startswith(f"[{PROJECT['version']}]")
    kinds = {text for level, text in headings if level == "###"}
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_each_picture_is_shown_and_small() -> None:
    text = "".join(page.read_text() for page in PAGES)
    for picture in (DOCS / "pictures").iterdir():
        assert f"pictures/{picture.name})" in text
        assert picture.stat().st_size < 150_000


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="pictures are made with Chromium")
def test_the_pictures_are_those_that_the_sample_makes(tmp_path: Path) -> None:
    from irdb_sql.manual.pictures import make_pictures  # noqa: PLC0415 - needs a browser

    notebooks = [f"notebook-{path.stem}.png" for path in (CHECKOUT / "examples").glob("*.py")]
    made = make_pictures(tmp_path, with_notebooks=False)
    assert sorted([*made, *notebooks]) == sorted(path.name for path in (DOCS / "pictures").iterdir())

"""The site is built without a warning, asks no other host, fits a phone, and searches without a server."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from conftest import CHECKOUT
from playwright.sync_api import expect

from irdb_sql.manual import pages
from irdb_sql.manual.pages import SECTIONS, SiteError, build_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "built"
    build_site(folder)
    return folder


def test_every_page_is_there_and_in_the_navigation(site: Path) -> None:
    assert {page.stem for page in (CHECKOUT / "docs").rglob("*.md")} <= {page.stem for page in site.rglob("*.html")}
    front = (site / "index.html").read_text()
    for page in (CHECKOUT / "docs").rglob("*.md"):
        address = page.relative_to(CHECKOUT / "docs").with_suffix(".html").as_posix()
        assert re.search(rf'href="(\./)?{address}"', front), f"{address} is in no section: {SECTIONS}"


def test_the_reference_has_its_sql(site: Path) -> None:
    for path in ("pairs/preference_pairs", "pairs/rating_conflicts", "audit/rating_conflicts"):
        page = site / f"reference/sql/{path.partition('/')[0]}.html"
        text = html.unescape(re.sub(r"<[^>]*>", "", page.read_text()))
        assert (CHECKOUT / f"queries/{path}.sql").read_text() in text


def test_no_page_asks_another_host(site: Path, browser: Browser) -> None:
    for page in site.rglob("*.html"):
        assert re.findall(r'(?:src|<link[^>]* href)="https?:[^"]*"', page.read_text()) == [], page
    asked: list[str] = []
    with browser.new_context() as context:
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto((site / "index.html").as_uri())
        tab.wait_for_load_state("networkidle")
    assert asked
    assert [address for address in asked if not address.startswith("file:")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_follow_its_colours(
    site: Path, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    with browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme) as context:
        tab = context.new_page()
        for name in ("index", "evaluate", "reference/database", "reference/sql/pairs"):
            tab.goto((site / f"{name}.html").as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
            light = tab.evaluate("getComputedStyle(document.body).backgroundColor").count("255") == 3
            assert light == (scheme == "light")


def test_the_search_works_in_pages_that_are_opened_as_files(site: Path, browser: Browser) -> None:
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto((site / "index.html").as_uri())
        tab.wait_for_load_state("networkidle")
        tab.locator("button.md-search__button:visible").click()
        box = tab.locator("input[placeholder]")
        typed = ""
        for letter in "preference_pairs":
            box.press(letter)
            typed += letter
            expect(tab.get_by_role("option").first).to_be_visible()
            expect(box).to_have_value(typed)
        expect(tab.get_by_text("preference_pairs (macro)")).to_be_visible()


def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = shutil.copytree(CHECKOUT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("reference"))
    (copied / "reference/sql").mkdir(parents=True)
    (copied / "judges.md").write_text("# Judges\n\n[more](nowhere.md)\n")
    monkeypatch.setattr(pages, "_DOCS", copied)
    with pytest.raises(SiteError, match="does not exist"):
        build_site(tmp_path / "built")
    assert not (tmp_path / "built").exists()

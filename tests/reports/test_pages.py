"""Report pages in a real browser: they ask nothing of a network, fit every screen and paper, and are accessible."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import image, write_metadata
from fakes.browsers import find_faults
from oracles.reports import of_sample

import irdb_sql
from irdb_sql.reports.catalog import REPORTS
from irdb_sql.reports.render import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from irdb_sql import ImageRewardDB

SCREENS = {"desktop": (1280, 900), "phone": (360, 740)}
LOOKS = [("desktop", "light"), ("phone", "dark")]
ALL_LOOKS = [(name, *look) for name in REPORTS for look in LOOKS]
HOSTILE = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "x" * 900, "javascript:alert(1)")


def looked_at(browser: Browser, page_file: Path, screen: str, scheme: Any) -> dict[str, Any]:
    """Open a page and tell what a person, a network and a screen reader would find."""
    width, height = SCREENS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    messages: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("dialog", lambda dialog: messages.append(dialog.message))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(page_file.as_uri())
    found = {
        "overflow": page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
        "landmarks": page.evaluate("['nav', 'main', 'h1'].map(name => document.querySelectorAll(name).length)"),
        "small": page.evaluate(
            "[...document.querySelectorAll('svg text')].filter(text => text.textContent.trim() && "
            "text.getBoundingClientRect().height < 8).map(text => text.textContent)"
        ),
        "messages": list(messages),
        "requests": [
            address for address in requests if not address.startswith("data:") and address != page_file.as_uri()
        ],
    }
    found["faults"] = find_faults(page)
    context.close()
    return found


FINE = {"overflow": 0, "landmarks": [1, 1, 1], "small": [], "messages": [], "requests": [], "faults": []}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name in REPORTS:
        (folder / f"{name}.html").write_text(of_sample(name, "html"))
    return {name: folder / f"{name}.html" for name in REPORTS}


@pytest.mark.parametrize(("name", "screen", "scheme"), ALL_LOOKS)
def test_a_page_of_the_sample_is_fine(
    browser: Browser, pages: dict[str, Path], name: str, screen: str, scheme: str
) -> None:
    assert looked_at(browser, pages[name], screen, scheme) == FINE


@pytest.mark.parametrize(("screen", "scheme"), LOOKS[1:])
def test_a_page_of_the_real_file_is_fine(
    browser: Browser, real_file: Path, tmp_path: Path, screen: str, scheme: str
) -> None:
    for name in ("summary", "reproduction"):
        with irdb_sql.connect(real_file) as real:
            (tmp_path / "page.html").write_text(render(real, name, "html"))
        assert looked_at(browser, tmp_path / "page.html", screen, scheme) == FINE


def test_a_page_of_hostile_text_is_fine(browser: Browser, tmp_path: Path) -> None:
    rows = [
        image(f"p{number}", f"{number}-{rank}", rank, 5, 5, 5, classification=text, prompt=text)
        for number, text in enumerate(HOSTILE)
        for rank in (1, 2)
    ]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as hostile:
        for name in ("summary", "scorers"):
            (tmp_path / "page.html").write_text(render(hostile, name, "html", resamples=50))
            assert looked_at(browser, tmp_path / "page.html", "phone", "light") == FINE


def test_the_scorer_stays_in_sight_while_its_row_is_scrolled(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 900})
    page.goto(pages["scorers"].as_uri())
    board = page.locator(".wide", has=page.locator("td.sticky[data-name=scorer]")).first
    scrolled = board.evaluate("region => { region.scrollLeft = 150; return region.scrollLeft }")
    assert scrolled == 150
    left = "element => element.getBoundingClientRect().left"
    assert board.locator("td.sticky").first.evaluate(left) == pytest.approx(board.evaluate(left), abs=1)
    page.close()


def test_a_page_fits_windows_between_phone_and_desktop(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page()
    page.goto(pages["scorers"].as_uri())
    for width in (320, 450, 500, 599, 601, 800, 1100, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
    boards = page.locator(".wide", has=page.locator("th", has_text="best_of_n"))
    assert boards.count() == 3
    assert boards.evaluate_all("regions => regions.map(region => region.scrollWidth - region.clientWidth)") == [0, 0, 0]
    assert "chance 50\u00a0%." in page.locator("main > ul").first.inner_text()
    page.close()


def test_what_stands_in_a_row_begins_at_one_height(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(pages["scorers"].as_uri())
    tops = "parts => [...new Set(parts.slice(0, 3).map(part => Math.round(part.getBoundingClientRect().top)))].length"
    for part in ("h3", "p", "div"):  # of prompts of different lengths
        assert page.locator(".pairs").last.locator(f".pictures > {part}").evaluate_all(tops) == 1
    below = "table => table.previousElementSibling.getBoundingClientRect().bottom <= table.getBoundingClientRect().top"
    tables = page.locator("figure + figure + .wide")
    assert tables.count() > 0
    assert tables.evaluate_all(f"tables => tables.every({below})")
    page.close()


@pytest.mark.parametrize("name", REPORTS)
def test_paper_holds_a_page_whole(browser: Browser, pages: dict[str, Path], name: str) -> None:
    page = browser.new_page(viewport={"width": 718, "height": 1046})  # A4 within its margins
    page.goto(pages[name].as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.is_visible("nav")
    assert (
        page.evaluate("[...document.querySelectorAll('table')].filter(table => !table.checkVisibility()).length") == 0
    )
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    page.close()


def test_a_blurred_image_is_shown_by_a_click(browser: Browser, db: ImageRewardDB, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(render(db, format="html", blur=True))
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    shade = "getComputedStyle(document.querySelector('.blurred img')).filter"
    assert page.evaluate(shade) == "blur(28px)"
    page.locator(".blurred img").first.click()
    assert page.evaluate(shade) == "none"
    page.close()

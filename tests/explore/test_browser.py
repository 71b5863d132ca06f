"""Walks through the explorer in a real browser: keys, sharing, Back, blinking, SQL, and what axe and a phone find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from explore.conftest import ODD_ID
from fakes.browsers import find_faults
from playwright.sync_api import expect

from irdb_sql.explore.guard import Access
from irdb_sql.explore.server import Exploration, ExploreServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from irdb_sql import ImageRewardDB

PAGES = (
    "/", "/prompts", "/prompts/p1", "/pairs?split=test&scorer=good", "/scorers", "/audit", "/queries/unranked_images?limit=9",
    "/sql?q=SELECT+image_path,rank,prompt,split,prompt_id+FROM+images&chart=bars&x=prompt&y=rank", "/sql?q=SELEC+1", "/pairs?pair=99",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(explored: ImageRewardDB) -> Iterator[str]:
    with explored.explore() as pages:
        yield pages.address.rstrip("/")


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    messages: list[str] = []
    opened.on("console", lambda message: messages.append(message.text))
    opened.on("pageerror", lambda error: messages.append(str(error)))
    yield opened
    context.close()
    # A browser reports an image that cannot be shown, of which the page then gives the reason.
    assert [message for message in messages if not message.startswith("Failed to load resource")] == []


def shown_rows(page: Page) -> list[str]:
    rows: list[str] = page.locator(".pair img").evaluate_all("images => images.map(image => image.dataset.row)")
    return rows


def test_a_walk_by_keys_can_be_shared_and_goes_back(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Pairs", exact=True).click()
    page.keyboard.press("/")
    page.keyboard.type("FOX")
    page.get_by_label("Split").select_option("test")
    page.keyboard.press("ArrowDown")  # for the field, not for the page
    assert "pair=" not in page.url
    page.get_by_label("Split").select_option("test")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".pager").get_by_text("Pair 1 of 6")).to_be_visible()
    assert page.url.endswith("/pairs?containing=FOX&split=test")
    assert shown_rows(page) == ["2", "3"]
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pager").get_by_text("Pair 2 of 6")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".pager").get_by_text("Pair 6 of 6")).to_be_visible()
    shared = page.url
    page.keyboard.press("ArrowUp")
    expect(page.locator(".pager").get_by_text("Pair 1 of 6")).to_be_visible()
    page.go_back()
    expect(page.locator(".pager").get_by_text("Pair 6 of 6")).to_be_visible()
    page.goto("/")
    page.goto(shared)
    expect(page.locator(".pager").get_by_text("Pair 6 of 6")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("ArrowLeft")  # the help is in front
    page.keyboard.press("Escape")
    assert page.url == shared


def test_both_images_blink_in_one_place_and_move_together(page: Page) -> None:
    page.goto("/pairs?split=test&pair=2&ties=tied")
    page.goto("/pairs?split=test")
    first, second = page.locator(".pair figure").all()
    apart = (first.bounding_box(), second.bounding_box())
    assert apart[0] is not None
    assert apart[1] is not None
    assert apart[0]["width"] == apart[1]["width"]
    page.keyboard.press("b")
    expect(first).to_be_visible()
    expect(second).not_to_be_visible()
    at = first.bounding_box()
    page.keyboard.press("b")
    expect(second).to_be_visible()
    expect(first).not_to_be_visible()
    assert second.bounding_box() == at
    page.keyboard.press("Escape")
    expect(first).to_be_visible()
    assert first.bounding_box() == apart[0]

    page.keyboard.press("+")
    shapes = page.locator(".pair img").evaluate_all("images => images.map(image => getComputedStyle(image).transform)")
    assert shapes[0] == shapes[1] != "none"
    box = page.locator(".frame").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 80)
    page.mouse.up()
    moved = page.locator(".pair img").evaluate_all("images => images.map(image => getComputedStyle(image).transform)")
    assert moved[0] == moved[1] != shapes[0]
    page.keyboard.press("Shift+ArrowRight")
    further = page.locator(".pair img").evaluate_all("images => images.map(image => getComputedStyle(image).transform)")
    assert further[0] == further[1] != moved[0]
    page.goto("/pairs?split=train")
    assert page.locator(".pair img").first.evaluate("image => getComputedStyle(image).transform") == further[0]
    page.keyboard.press("0")
    whole = page.locator(".pair img").evaluate_all("images => images.map(image => getComputedStyle(image).transform)")
    assert whole[0] == whole[1] == "matrix(1, 0, 0, 1, 0, 0)"


def test_images_of_the_next_pairs_are_there_before_they_are_shown(page: Page) -> None:
    with page.expect_response(lambda answer: answer.url.endswith("/9")):
        page.goto("/pairs?split=test&pair=4")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("Pair 6 of 6").first).to_be_visible()
    assert shown_rows(page) == ["8", "9"]
    drawn = "[...document.querySelectorAll('.pair img')].every(image => image.complete && image.naturalWidth)"
    page.wait_for_function(drawn)
    page.wait_for_load_state("networkidle")
    assert [address for address in asked if address.endswith(("/8", "/9"))] == []


def test_a_broken_image_shows_its_reason_in_its_place(page: Page) -> None:
    page.goto("/prompts/p1")
    expect(page.locator(".gallery .absent")).to_have_count(2)
    expect(page.locator(".gallery .absent").first).to_contain_text("No picture: ")
    expect(page.locator(".gallery .absent").first).to_contain_text("a web page; only WebP, PNG and JPEG are read")


def test_an_image_that_the_browser_cannot_show_has_a_reason_too(page: Page) -> None:
    page.goto("/prompts/?id=..")
    expect(page.locator(".gallery .absent").first).to_contain_text(
        "No picture: bytes that are no image, or a damaged one"
    )


def test_a_statement_is_completed_run_and_drawn(page: Page) -> None:
    page.goto("/sql")
    editor = page.locator("#statement")
    editor.click()
    page.keyboard.type("SELECT rank, count(*) AS images FROM ima")
    page.keyboard.press("Control+Space")
    expect(page.get_by_role("option").first).to_be_visible()
    chosen = page.locator("#completions [aria-selected=true]")
    while chosen.get_attribute("data-text") != "images":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type(" GROUP BY rank ORDER BY rank")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("rows")
    page.get_by_role("button", name="Draw").click()
    drawn = page.locator("figure.chart img")
    expect(drawn).to_be_visible()
    assert drawn.evaluate("image => image.naturalWidth") > 100
    page.go_back()
    expect(page.locator("figure.chart")).to_have_count(0)
    page.goto("/sql?q=SELECT%0A++image_pat%0AFROM+images")
    marked = editor.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert marked == "image_pat"


def test_what_is_seen_is_copied(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page.goto("/prompts?containing=fox")
    page.get_by_text("Copy as SQL, Python or command").click()
    page.get_by_role("button", name="Copy Command of Prompts").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("irdb query found_prompts ")


def test_a_prompt_of_any_id_is_found_by_its_address(page: Page) -> None:
    page.goto("/prompts?split=test")
    page.get_by_role("link", name="script").first.click()
    assert quote(ODD_ID, safe="") in page.url
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>alert(1)</script> <U+202E>evil")


@pytest.mark.parametrize("look", [("light", 1280), ("dark", 390)])
def test_every_page_is_for_all_people(browser: Browser, address: str, look: tuple[Any, int]) -> None:
    context = browser.new_context(
        base_url=address, color_scheme=look[0], viewport={"width": look[1], "height": 800}, reduced_motion="reduce"
    )
    page = context.new_page()
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, wide) == (path, 0)
        assert (path, find_faults(page)) == (path, [])
    context.close()


def test_images_are_blurred_until_they_are_wanted(browser: Browser, explored: ImageRewardDB) -> None:
    with explored.explore(blur=True) as pages:
        page = browser.new_page()
        page.goto(f"{pages.address}pairs?split=test")
        shade = "[...document.querySelectorAll('.blurred img')].map(image => getComputedStyle(image).filter)"
        assert page.evaluate(shade) == ["blur(28px)"] * 2
        page.get_by_label("Show this image").first.check()
        assert page.evaluate(shade) == ["none", "blur(28px)"]
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("u")
        assert page.evaluate(shade) == ["none", "none"]
        page.close()


def test_a_token_opens_the_pages(browser: Browser, explored: ImageRewardDB) -> None:
    server = ExploreServer(explored, Access("127.0.0.1", "a-token-of-24-characters"))
    with Exploration(server) as pages:
        context = browser.new_context()
        page = context.new_page()
        refused = page.goto(pages.address.partition("?")[0])
        assert refused is not None
        assert refused.status == 401
        page.goto(pages.address)
        assert page.url == pages.address.partition("?")[0]
        page.get_by_role("link", name="Prompts", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Prompts")
        context.close()

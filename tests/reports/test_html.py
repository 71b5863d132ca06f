"""HTML pages: what they hold and allow, and pictures of images."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from oracles.reports import Page, of_sample, render

from irdb_sql.charts.look import LIMIT_COLOUR, PALETTE
from irdb_sql.charts.specification import Channels, make_specification
from irdb_sql.reports.answers import make_answer
from irdb_sql.reports.catalog import TEMPLATES
from irdb_sql.reports.charts import ChartDrawer, chart_style
from irdb_sql.reports.thumbnails import Thumbnails

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB


@pytest.mark.slow
def test_a_page_needs_nothing_and_allows_nothing() -> None:
    page = Page(of_sample(format="html"))
    policies = [
        attributes["content"]
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert policies[0] is not None
    assert policies[0].startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert [tag for tag, attributes in page.tags if tag == "img" and attributes["loading"] != "lazy"] == []
    assert [
        tag
        for tag, attributes in page.tags
        if tag == "svg" and attributes["role"] == "img" and attributes["aria-label"]
    ]


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted(map(luminance, (first, second)))
    return (high + 0.05) / (low + 0.05)


def test_a_page_has_the_colours_of_charts_and_lighter_ones_in_the_dark() -> None:
    style = (TEMPLATES / "report.css").read_text()
    light, dark = (
        dict(re.findall(r"--([\w-]+): ?(#\w{6})", part + colours))
        for part, colours in zip(style.split("@media")[:2], chart_style().split("@media"), strict=True)
    )
    names = [f"colour-{number}" for number in range(1, len(PALETTE) + 2)]
    assert [light[name] for name in names] == [*PALETTE, LIMIT_COLOUR]
    for name in names:
        assert luminance(dark[name]) > luminance(light[name])
        assert contrast(light[name], light["paper"]) >= 3
        assert contrast(dark[name], dark["paper"]) >= 3
    for name in ("ink", "faint", "link", "error", "warning"):
        assert min(contrast(colours[name], colours["paper"]) for colours in (light, dark)) >= 4.5
    page = of_sample("scorers", "html").partition("</style>")[2]
    assert 'fill="var(--colour-1)"' in page
    assert not [colour for colour in (*PALETTE, LIMIT_COLOUR) if colour.lower() in page.lower()]


def test_findings_of_an_audit_are_marked_by_severity() -> None:
    rows = {
        attributes["class"] for tag, attributes in Page(of_sample("audit", "html")).tags
        if tag == "tr" and "class" in attributes
    }  # fmt: skip
    assert rows == {"error", "warning", "note"}


def test_limits_are_marked_and_scorers_stay_in_sight() -> None:
    page = of_sample("scorers", "html")
    assert '<tr class="limit">' in page
    assert '<td class="short sticky" data-name="scorer">ceiling</td>' in page


def test_pictures_on_a_page_do_not_name_the_same() -> None:
    identifiers = [attributes["id"] for _, attributes in Page(of_sample("scorers", "html")).tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers)) > 0


def test_images_can_be_left_out_and_blurred(db: ImageRewardDB) -> None:
    shown_images, without = of_sample(format="html"), render(db, format="html", images=False)
    blurred = render(db, format="html", blur=True)
    assert shown_images.count("<img ") == blurred.count("<img ") == blurred.count('<input type="checkbox"') > 20
    assert "<img " not in without
    assert db.query("example_images", prompts=1)["image_path"][0] in without


def test_pictures_stop_at_the_budget(db: ImageRewardDB) -> None:
    paths = db.images().head(20)["image_path"].to_list()
    made = Thumbnails(db, budget=5000).of(paths)
    problems = [one.problem for one in made.values()]
    assert problems[0] == ""
    assert problems[-1] == "left out: the page would grow too large"
    assert sum(len(one.address) for one in made.values()) < 5000 + max(len(one.address) for one in made.values())


def test_a_chart_is_the_same_whether_its_process_draws_it_or_has_ended() -> None:
    drawer = ChartDrawer()
    answer = make_answer(pl.DataFrame({"split": ["test", "train"], "images": [1 / 3, 2.0]}))
    specification = make_specification(answer, "bars", Channels("split", "images"))
    drawn = drawer.start(specification, "Bars").result()
    process = drawer._process  # noqa: SLF001 - what ends in this test
    assert process is not None
    process.kill()
    process.wait()
    assert drawer.start(specification, "Bars").result() == drawn

"""HTML pages: what they hold and allow, and pictures of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from oracles.reports import Page, of_sample, render

from irdb_sql.charts.specification import Channels, make_specification
from irdb_sql.reports.answers import make_answer
from irdb_sql.reports.charts import ChartDrawer
from irdb_sql.reports.thumbnails import Thumbnails

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB


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

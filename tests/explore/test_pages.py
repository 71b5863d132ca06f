"""Every page, asked in process: what it shows, where it leads, and what it says of what is wrong."""

from __future__ import annotations

import html
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote

import polars as pl
import pytest
from explore.conftest import HOSTILE, ODD_ID
from fakes.package_copy import PackageCopy
from starlette.testclient import TestClient

import irdb_sql
from irdb_sql.engine.errors import AnswerSizeError
from irdb_sql.explore.answers import Answers
from irdb_sql.explore.app import make_app
from irdb_sql.explore.errors import BusyError, ClientLeftError
from irdb_sql.explore.page import load_pages
from irdb_sql.explore.statements import MOST_RUNNING, MOST_WAITING, Client, StatementRunner

if TYPE_CHECKING:
    from pathlib import Path

    from irdb_sql import ImageRewardDB


def text_of(client: TestClient, path: str, status: int = 200, **params: str) -> str:
    answer = client.get(path, params=params or None)
    assert answer.status_code == status, answer.text
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", answer.text)))


def rows_in(page: str) -> list[int]:
    return [int(row) for row in re.findall(r'data-row="(\d+)"', page)]


def links(page: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'(?:href|src|data-part)="([^"]+)"', page)]


@pytest.mark.slow
def test_every_link_of_every_page_is_answered(client: TestClient) -> None:
    waiting = [page.path for page in load_pages() if page.title]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        is_broken = path.startswith(("/images", "/thumbnails")) and answer.status_code == 404
        assert answer.status_code == 200 or is_broken, path
        if "html" not in answer.headers["content-type"] or path.startswith(("/sql?", "/queries")):
            continue
        for link in links(answer.text):
            kind = link.partition("?")[0]
            new = link.partition("#")[0]
            # One of a kind with filters is enough.
            if link.startswith("/") and kind not in seen and not kind.startswith("/answer"):
                seen |= {kind, new}
                waiting.append(new)
    assert len(seen) > 40


def test_the_overview_has_the_numbers_and_leads_to_the_rows(client: TestClient) -> None:
    page = client.get("/").text
    assert "5 prompts 12 images 7 strict pairs 1 tied pair" in text_of(client, "/")
    assert re.findall(r'<th scope="row">(\w+)</th>', page)[:2] == ["train", "test"]
    assert "/pairs?split=test&ties=tied" in links(page)
    assert "Pair 1 of 1" in text_of(client, "/pairs?split=test&ties=tied")


def test_the_verdicts_say_what_is_found_and_who_leads(client: TestClient) -> None:
    words = text_of(client, "/verdicts")
    assert "The audit finds" in words
    assert "Test: good leads with 83.3 %" in words
    assert "Train: <i>bad</i>" not in words
    assert "<i>" not in client.get("/verdicts").text


def test_prompts_are_searched_filtered_and_in_order(client: TestClient) -> None:
    assert "3 prompts" in text_of(client, "/prompts?containing=FOX")
    assert "1 prompt; images" in text_of(client, "/prompts?containing=FOX&split=train")
    page = client.get("/prompts?containing=red").text
    assert rows_in(page) == [2, 3, 4, 5]  # from the best rank to the worst
    assert "page cannot be '2'" in text_of(client, "/prompts?page=2", 400).lower()


def test_a_prompt_is_shown_with_the_order_of_each_scorer(client: TestClient) -> None:
    page = client.get("/prompts/p1").text
    assert rows_in(page)[:4] == [2, 3, 4, 5]
    orders = page[page.index("In the order of each scorer") :]
    assert rows_in(orders) == [2, 3, 4, 5, 5, 4, 3, 2, 2, 3, 4, 5]  # people, <i>bad</i>, good
    assert "overall 7 · alignment 6 · fidelity 5" in text_of(client, "/prompts/p1")


def test_a_prompt_in_two_splits_leads_to_the_other(client: TestClient) -> None:
    page = client.get("/prompts/p3").text
    assert rows_in(page)[:2] == [8, 9]
    assert "/prompts/p3?split=train" in links(page)
    assert rows_in(client.get("/prompts/p3?split=train").text)[:2] == [0, 1]


def test_text_of_any_kind_is_text_everywhere(client: TestClient) -> None:
    place = f"/prompts/{quote(ODD_ID, safe='')}"
    listed = client.get("/prompts?split=test").text
    assert f"{place}?split=test" in links(listed)
    for path in (place, "/prompts", "/pairs?classification=%3Cb%3EArts%3C/b%3E&ties=all", "/sql?q=SELECT+prompt+FROM+images",
                 f"/prompts?containing={quote(HOSTILE)}", "/scorers", f"/sql?q={quote(HOSTILE)}", f"/{quote(HOSTILE)}",
                 "/queries/prompts"):  # fmt: skip
        page = client.get(path).text
        assert "<script>alert" not in page, path
        assert "<b>Arts" not in page
        assert "\u202e" not in page.replace(html.escape(HOSTILE), "")
        assert "\x1b" not in page.replace(html.escape(HOSTILE), "")
        assert " 49 " not in page
    assert "<U+202E>evil" in html.unescape(client.get(place).text)


def test_a_pair_is_shown_with_gaps_scores_and_ways_on(client: TestClient) -> None:
    page = client.get("/pairs?split=test").text
    assert rows_in(page) == [2, 3]
    words = text_of(client, "/pairs?split=test")
    assert "Better · rank 1 · rated 7" in words
    assert "rank gap 1 · rating gap +2" in words
    assert "good 3 2 agrees" in words
    assert "<i>bad</i> 1 2 disagrees" in words
    assert {"/pairs?split=test&pair=2", "/pairs?split=test&pair=6"} <= set(links(page))  # next, and next prompt
    ahead = re.search(r'data-ahead="([^"]*)"', page)
    assert ahead is not None
    assert [address.rsplit("/", 1)[1] for address in ahead[1].split()] == ["2", "2", "4", "5"]


def test_a_pair_leads_to_the_first_pair_of_the_prompt_before(client: TestClient) -> None:
    page = client.get("/pairs?split=test&pair=6").text
    assert '<a href="/pairs?split=test" data-key="ArrowUp"' in page.replace("&amp;", "&")
    assert 'data-key="ArrowDown"' not in page


def test_pairs_on_which_scorers_disagree_are_found_surest_first(client: TestClient) -> None:
    words = text_of(client, "/pairs", scorer="<i>bad</i>", verdict="disagrees", sort="surest", split="test")
    assert "score gap of <i>bad</i> -" in words
    both = text_of(client, "/pairs", scorer="good", other_scorer="<i>bad</i>", ties="all", split="test")
    assert "Pair 1 of 7" in both
    assert "No pair is like that" in text_of(client, "/pairs?min_rank_gap=9")


def test_the_pairs_of_a_prompt_are_those_of_no_other(client: TestClient) -> None:
    page = client.get("/prompts").text
    found = re.findall(r'<a href="(/pairs[^"]*)">(\d+) strict pairs?</a>', page)
    assert len(found) == 5
    for link, number in found:
        words = text_of(client, html.unescape(link))
        assert (f"Pair 1 of {number} " if number != "0" else "No pair is like that") in words


def test_a_prompt_whose_id_is_a_folder_is_found(client: TestClient) -> None:
    page = client.get("/prompts?split=test").text
    assert "/prompts/?id=..&split=test" in links(page)
    assert "(no text)" in text_of(client, "/prompts/?id=..&split=test")


@pytest.mark.parametrize("values", ["verdict=agrees", "sort=surest", "sort=least_sure", "other_scorer=good"])
def test_a_filter_about_a_scorer_needs_one_and_the_others_stay(client: TestClient, values: str) -> None:
    page = client.get(f"/pairs?containing=fox&{values}")
    assert page.status_code == 400
    assert "none is named" in page.text
    assert 'value="fox"' in page.text


def test_votes_are_shown_beside_their_pair(tmp_path: Path) -> None:
    lines = [
        "prompt,image_a,image_b,label",
        "x,1.png,2.png,a",
        "x,1.png,2.png,a",
        "x,1.png,2.png,tie",
        "x,2.png,1.png,a",
    ]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    columns = "prompt=prompt,first=image_a,second=image_b,label=label"
    with (
        irdb_sql.connect(tmp_path / "labels.csv", layout="pairs", columns=columns) as db,
        TestClient(make_app(db), base_url="http://localhost") as client,
    ):
        words = text_of(client, "/pairs")
        assert "2 of 4 votes for the better, 1 for the other, 1 tied" in words
        assert "There are no images here" in words
        assert "/images/" not in client.get("/prompts").text


def test_scorers_are_compared(client: TestClient) -> None:
    words = text_of(client, "/scorers")
    assert "No scores are given" not in words
    assert words.index("Train") < words.index("Test")
    assert "83.3 %" in words
    for chart in [link for link in links(client.get("/scorers").text) if link.startswith("/chart.svg")]:
        answer = client.get(chart)
        assert answer.headers["content-type"] == "image/svg+xml"
        assert "<svg " in answer.text


def test_findings_lead_to_their_rows(client: TestClient) -> None:
    page = client.get("/audit").text
    places = [link for link in links(page) if link.startswith("/queries/")]
    assert "/queries/unranked_images?limit=1000" in places
    rows = client.get("/queries/unranked_images?limit=1000").text
    assert rows_in(rows) == [7, 11]
    assert "images without a rank" in text_of(client, "/audit")


def test_a_statement_is_answered_with_thumbnails_and_downloads(client: TestClient) -> None:
    statement = "SELECT image_path, rank FROM images WHERE split = 'train' ORDER BY row_index"
    page = client.get("/sql", params={"q": statement}).text
    assert rows_in(page) == [0, 1]
    downloads = [link for link in links(page) if link.startswith("/answer/")]
    assert len(downloads) == 3
    contents = [client.get(link) for link in downloads]
    assert contents[0].text.splitlines()[0] == "image_path,rank"
    assert pl.read_parquet(io.BytesIO(contents[1].content)).height == 2
    assert [row["rank"] for row in json.loads(contents[2].content)] == [1, 2]
    assert all("attachment" in content.headers["content-disposition"] for content in contents)


def test_a_wrong_statement_is_marked_at_its_place(client: TestClient) -> None:
    page = client.get("/sql", params={"q": "SELECT '\U0001f98a', image_pat FROM images"})
    assert page.status_code == 400
    assert "<mark>image_pat</mark>" in page.text
    assert 'data-error-start="13" data-error-length="9"' in page.text  # as a browser counts: the fox is two
    assert "Did you mean &#39;image_path&#39;?" in page.text


@pytest.mark.parametrize(
    ("path", "statement"),
    [
        ("/sql", "DELETE FROM images"), ("/sql", "SELECT 1; SELECT 2"), ("/sql", "FROM read_csv('/etc/passwd')"), ("/sql", "FROM '/etc/passwd'"),
        ("/answer/csv", "SELECT getenv('HOME')"), ("/chart.svg", "FROM read_text('/etc/hostname')"),
    ],
)  # fmt: skip
def test_a_statement_that_does_more_than_read_the_data_is_refused(
    client: TestClient, path: str, statement: str
) -> None:
    answer = client.get(path, params={"q": statement, "x": "a", "y": "b"})
    assert answer.status_code == 400
    assert "root:" not in answer.text


def test_another_site_shows_a_statement_and_starts_none(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    page = client.get("/sql?q=SELECT+41%2B1+AS+n", headers=headers)
    assert "It has not been run" in page.text
    assert ">42<" not in page.text
    for path in ("/answer/csv?q=SELECT+1", "/chart.svg?q=SELECT+1+AS+a,2+AS+b&x=a&y=b"):
        assert client.get(path, headers=headers).status_code == 404


def test_statements_wait_for_each_other_and_end_when_nobody_waits(explored: ImageRewardDB) -> None:
    endless = "SELECT count(*) FROM range(100000000000) AS a, range(1000000000) AS b WHERE a.range + b.range = -77"
    runner = StatementRunner(explored)
    clients = [Client() for _ in range(MOST_RUNNING + MOST_WAITING)]
    left = Client()
    left.leave()
    with pytest.raises(AnswerSizeError):
        runner.run("SELECT repeat('a', 1000) || range AS text FROM range(300000)", None, Client())
    answers, waiting = Answers(explored), Client()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(answers.keep, "x", lambda: runner.run(endless, 1, clients[0]))
        second = threads.submit(answers.keep, "x", lambda: runner.run(endless, 1, waiting), waiting)
        waiting.leave()
        with pytest.raises(ClientLeftError):
            second.result(timeout=20)
        clients[0].leave()
        with pytest.raises(ClientLeftError):
            first.result(timeout=20)
    clients[0] = Client()
    with ThreadPoolExecutor(len(clients)) as threads:
        asked = [threads.submit(runner.run, endless, 1, client) for client in clients]
        refused = None
        while refused is None:  # until all are counted
            try:
                runner.run(endless, 1, left)
            except BusyError as error:
                refused = error
            except ClientLeftError:
                pass
        assert "2 statements are running, and 8 wait for them" in str(refused)
        runner.stop()
        for each in asked:
            with pytest.raises(ClientLeftError):
                each.result(timeout=20)
    assert runner.run("SELECT 1 AS n", 1, Client()).item() == 1


def test_completions_are_what_can_follow(client: TestClient) -> None:
    found = client.get("/completions", params={"typed": "FROM preference_pairs(in_spl"}).json()
    assert found == [{"text": "in_split := ", "kind": "argument", "length": 6}]
    classes = client.get("/completions", params={"typed": "FROM images WHERE classification = '"}).json()
    assert [each["text"] for each in classes] == ["'<b>Arts</b>'", "'Animals'"]


@pytest.mark.parametrize(
    "path", ["/prompts?containing=fox", "/pairs?scorer=good&verdict=agrees", "/audit", "/prompts/p1", "/queries/rank_gaps?split=test"]
)  # fmt: skip
def test_what_is_copied_repeats_what_is_seen(client: TestClient, explored: ImageRewardDB, path: str) -> None:
    page = client.get(path).text
    copied = re.search(r'aria-label="SQL of [^"]*"><code>(.*?)</code>', page, re.DOTALL)
    call = re.search(r"db\.query\((.*)\)</code>", page)
    assert copied is not None
    assert call is not None
    name, params = eval(f"(lambda name, **params: (name, params))({html.unescape(call[1])})")  # noqa: S307 - ours
    rows = explored.query(name, params)
    assert explored.sql(html.unescape(copied[1])).equals(rows)
    command = re.search(r"irdb query [^<]*", page)
    assert command is not None
    assert name in command[0]


def test_empty_filters_leave_the_address(client: TestClient) -> None:
    answer = client.get("/prompts?containing=&split=test&subset=&page=")
    assert (answer.status_code, answer.headers["location"]) == (303, "/prompts?split=test")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nope", 404, "There is no page '/nope'."),
        ("/prompts/zzz", 404, "No prompt has the id 'zzz'."),
        ("/queries/zzz", 404, "query 'zzz'"),
        ("/pairs?pair=0", 400, "Pair cannot be '0'."),
        ("/pairs?pair=-1", 400, "Pair cannot be '-1'."),
        ("/pairs?pair=1e3", 400, "Pair cannot be '1e3'."),
        ("/pairs?pair=\u0663", 400, "Pair cannot be"),
        ("/pairs?pair=99999999999999999999", 400, "Pair cannot be"),
        ("/pairs?scorer=zzz", 400, "There is no scorer 'zzz'"),
        ("/pairs?min_rank_gap=abc", 400, "Rank gap, at least cannot be 'abc'. Choose a number."),
        ("/prompts?n_images=1e999", 400, "Images cannot be '1e999'."),
        ("/pairs?sort=zzz", 400, "Sort cannot be 'zzz'"),
        ("/prompts?split=zzz", 400, "zzz"),
        ("/prompts?subset=zzz", 400, "zzz"),
        ("/prompts?rating=1.5", 400, "no whole number"),
        ("/chart.svg?query=zzz", 404, "zzz"),
        ("/chart.svg?query=rank_gaps", 400, "x cannot be NULL"),
        ("/chart.svg?query=rank_gaps&x=zzz&y=pairs", 400, "zzz"),
        ("/chart.svg?query=rank_gaps&kind=zzz&x=a&y=b", 400, "zzz"),
        ("/chart.svg?query=images&x=rank&y=zzz", 400, "zzz"),
        ("/answer/exe?q=SELECT+1", 400, "exe"),
        ("/queries/rank_gaps?page=9", 400, "Page cannot be '9'."),
        ("/sql?q=SELECT+1&page=2", 400, "Page cannot be '2'."),
        ("/static/x/../../page.py", 404, "no page"),
        ("/static/x/page.py", 404, "no page"),
        ("/images/../../etc/passwd", 404, "no page"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(client: TestClient, path: str, status: int, words: str) -> None:
    found = text_of(client, path, status)
    assert words in found
    assert "Traceback" not in found


def test_an_error_that_nobody_foresaw_is_a_page_too(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("irdb_sql.explore.pages.audit.SEVERITIES", None)
    page = client.get("/audit")
    assert page.status_code == 500
    assert "an error that nobody has foreseen" in caplog.text
    assert "Traceback" not in page.text


ADDED_PAGE = """
from irdb_sql.explore.page import Page

page = Page("/totals", "Totals", 9, lambda explorer, request: explorer.show(
    "totals.html.jinja", request, title="Totals", totals=explorer.answers.ask("totals").row(0, named=True)
))
"""
ADDED_TEMPLATE = """{% extends "base.html.jinja" %}
{% block content %}<h1>{{ totals.images }} images</h1>{% endblock %}
"""
ASKED = """
from starlette.testclient import TestClient
from irdb_sql.explore.app import make_app
with irdb_sql.connect() as db, TestClient(make_app(db), base_url="http://localhost") as client:
    print(client.get("/totals").text, client.get("/").text)
"""


def test_a_module_and_its_template_add_a_page(tmp_path: Path) -> None:
    copy = PackageCopy.into(tmp_path)
    copy.add("irdb_sql/explore/pages/totals.py", ADDED_PAGE)
    copy.add("irdb_sql/explore/templates/totals.html.jinja", ADDED_TEMPLATE)
    shown = copy.python(ASKED)
    assert "<h1>2125 images</h1>" in shown
    assert shown.count('<a href="/totals"') == 2

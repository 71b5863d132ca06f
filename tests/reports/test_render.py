"""Reports: true numbers, the same in every format, what is missing said as missing, hostile text shown as text."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import polars as pl
import pytest
from conftest import CHECKOUT, image, write_metadata
from markdown_it import MarkdownIt

import irdb_sql
from irdb_sql.cli.main import irdb
from irdb_sql.core.markdown import one_line
from irdb_sql.engine.errors import UnknownNameError
from irdb_sql.errors import ChoiceError, IrdbError
from irdb_sql.reports.answers import heading, shown
from irdb_sql.reports.diff import differences, read_report
from irdb_sql.reports.errors import OldReportError, TemplateError
from irdb_sql.reports.render import FORMS, REPORTS, template_text
from irdb_sql.reports.render import render as render_at_length
from irdb_sql.reports.thumbnails import Thumbnails
from irdb_sql.sources.sample.dataset import embedded_sample

if TYPE_CHECKING:
    from conftest import RunCli

    from irdb_sql import ImageRewardDB

HOSTILE = (
    "<script>alert(1)</script>", "| a | b |", "{{ 7 * 7 }}", "[x](javascript:alert(1))", "a\n\n# b", "`c`", "</td></table>",
    "<img src=http://x/y onerror=alert(1)>", "&lt;b&gt;", "{% raw %}", "\u202eabc", "\x00\x07", "]]>", "'\"--><svg onload=alert(1)>",
)  # fmt: skip
SCHEMA = json.loads((CHECKOUT / "irdb_sql" / "reports" / "templates" / "report.schema.json").read_text())


def render(db: ImageRewardDB, name: str = "summary", form: Any = "markdown", **options: Any) -> str:
    """Render with few resamples, as most of the time of a report goes into them."""
    return render_at_length(db, name, form, **({"resamples": 20} | options))


@functools.cache
def of_sample(name: str = "summary", form: str = "markdown") -> str:
    """Render a report of the embedded sample, once for all tests that read it."""
    with irdb_sql.connect() as db:
        return render(db, name, form)


class Page(HTMLParser):
    """What a browser would make of a page: its elements, its text, and the cells of its tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.tags and self.tags[-1][0] in ("td", "th") and self.tables and self.tables[-1] and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data.removesuffix("\n")


def markdown_tables(report: str) -> list[list[list[str]]]:
    tables: list[list[list[str]]] = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(report):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and tables and token.level >= 4:
            text = "".join(child.content for child in token.children or [])
            tables[-1][-1].append(text)
    return tables


def plain(tables: list[list[list[str]]]) -> list[list[list[str]]]:
    return [[[" ".join(cell.split()) for cell in row] for row in table] for table in tables]


def headings(report: str) -> list[str]:
    return [line.removeprefix("## ") for line in report.splitlines() if line.startswith("## ")]


def test_the_headings_are_the_questions_of_the_queries(db: ImageRewardDB) -> None:
    questions = set(db.catalog().filter(kind="query")["summary"])
    told = headings(of_sample())
    assert len(told) == len(set(told)) > 12
    assert set(told) <= {*questions, "What was this made from?"}


def test_the_real_file_has_a_true_report_that_says_what_is_missing(real_file: Path) -> None:
    with irdb_sql.connect(real_file) as real:
        report = render(real)
        answers = json.loads(render(real, form="json"))
    assert "# ImageRewardDB: summary of imagereward-test.json" in report
    assert "| test | 466 | 2,720 | 2,720 | 7,230 | 6,399 | 831 |" in report
    assert "| test | 0 | 831 | 11.49% |" in report
    missing = [
        f"none of the 2,720 images of this source has a {what}." for what in ("classification", "rating of any kind")
    ]
    assert answers["missing"] == missing
    assert all(f"**Missing:** {text}" in report for text in missing)
    assert str(real_file.parent) not in report
    digest = hashlib.sha256(real_file.read_bytes()).hexdigest()
    assert answers["source"]["files"] == [
        {"file": real_file.name, "split": "test", "bytes": real_file.stat().st_size, "sha256": digest}
    ]
    assert digest in report


@pytest.mark.parametrize("name", REPORTS)
def test_html_markdown_and_json_have_the_same_numbers(db: ImageRewardDB, name: str) -> None:
    page, text, answers = render(db, name, "html", images=False), of_sample(name), of_sample(name, "json")
    assert plain(Page(page).tables) == plain(markdown_tables(text))
    report = json.loads(answers)
    jsonschema.validate(report, SCHEMA)
    for figure in report["figures"]:
        assert all(list(row) == [column["name"] for column in figure["columns"]] for row in figure["rows"])
    told = [table for table in plain(Page(page).tables) if "interval" not in table[0]]  # of a leaderboard JSON has more
    figures = [*report["figures"], {"columns": [{"name": name} for name in FILE], "rows": report["source"]["files"]}]
    assert [table[0] for table in told if not any(holds(figure, table) for figure in figures)] == []


FILE = ("file", "split", "bytes", "sha256")


def holds(figure: Any, table: list[list[str]]) -> bool:
    """Whether a table shows rows of a figure, and nothing else."""
    names = {heading(column["name"]): column["name"] for column in figure["columns"]}
    if not set(table[0]) <= set(names):
        return False
    rows = [
        [" ".join(one_line(shown(names[name], row[names[name]])).split()) for name in table[0]]
        for row in figure["rows"]
    ]
    return all(row in rows for row in table[1:])


def test_json_keeps_numbers_whole(db: ImageRewardDB) -> None:
    report = json.loads(of_sample(form="json"))
    figures = {figure["name"]: figure for figure in report["figures"]}
    for name in ("pair_counts", "rating_agreement", "rating_correlations", "totals", "example_images"):
        frame = db.query(name, prompts=6) if name == "example_images" else db.query(name)
        assert figures[name]["rows"] == frame.to_dicts()
        assert [column["type"] for column in figures[name]["columns"]] == [str(kind) for kind in frame.dtypes]


def test_each_command_repeats_its_figure(run_cli: RunCli) -> None:
    figures = json.loads(of_sample(form="json"))["figures"]
    for figure in [one for one in figures if one["name"] in ("longest_prompts", "pair_counts")]:
        words = figure["command"].split()
        assert words[0] == "irdb"
        code, out, _ = run_cli(*words[1:], "--format", "json")
        assert (code, json.loads(out)) == (0, figure["rows"])


@pytest.mark.parametrize(
    ("name", "form"), [*((name, "html") for name in REPORTS), ("audit", "json"), ("summary", "markdown")]
)
def test_the_same_data_gives_the_same_bytes(db: ImageRewardDB, name: str, form: str) -> None:
    assert render(db, name, form) == of_sample(name, form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_nothing_says_so(tmp_path: Path, name: str, form: Any) -> None:
    with irdb_sql.connect(write_metadata(tmp_path, [])) as empty:
        report = render(empty, name, form)
    if name in ("summary", "scorers"):
        assert "this source has no " in report


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_without_ratings_classes_images_and_scores_is_whole(tmp_path: Path, name: str) -> None:
    rows = [image("p", str(rank), rank, None, None, None, classification=None) for rank in (1, 2, 3)]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as bare:
        page = render(bare, name, "html")
        missing = json.loads(render(bare, name, "json"))["missing"]
    assert ("No picture: its file is not here, or broken." in page) == (name in ("summary", "scorers"))
    assert ("none of the 3 images of this source has a classification." in missing) == (name == "summary")
    assert ("none of the images of this source has a class." in missing) == (name == "scorers")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> ImageRewardDB:
    folder = tmp_path_factory.mktemp("hostile") / "<b>*name*"
    folder.mkdir()
    rows = [
        image(f"p{number}", f"{number}-{rank}", rank, 5, 5, 5, classification=text, prompt=text)
        for number, text in enumerate(HOSTILE)
        for rank in (1, 2)
    ]
    return irdb_sql.connect(
        write_metadata(folder, rows),
        scores={
            "<i>mine</i>|`x`": pl.DataFrame(
                {"image_path": [row["image_path"] for row in rows], "score": range(len(rows))}
            )
        },
    )


@pytest.mark.parametrize("name", REPORTS)
def test_hostile_text_is_text_in_markdown(hostile: ImageRewardDB, name: str) -> None:
    report = render(hostile, name)
    tokens = MarkdownIt("gfm-like").parse(report)
    children = [child for token in tokens for child in token.children or []]
    assert {token.type for token in tokens} | {child.type for child in children} <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "softbreak",
        "code_inline", "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close",
        "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "strong_open", "strong_close",
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "link_open", "link_close",
    }  # fmt: skip
    assert not [child for child in children if child.type == "link_open" and child.attrs != {"href": "http://test.py"}]
    assert "49" not in [cell for table in markdown_tables(report) for row in table for cell in row]


@pytest.mark.parametrize("name", REPORTS)
def test_hostile_text_is_text_in_html(hostile: ImageRewardDB, name: str) -> None:
    page = Page(render(hostile, name, "html"))
    allowed = {
        "html", "head", "meta", "title", "style", "body", "nav", "details", "summary", "ol", "ul", "li", "a", "main", "h1", "h2", "h3",
        "p", "code", "pre", "strong", "div", "section", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "img",
        "svg", "g", "path", "text", "line", "rect", "defs", "clippath", "lineargradient", "stop", "br", "em",
    }  # fmt: skip
    assert {tag for tag, _ in page.tags} <= allowed
    for tag, attributes in page.tags:
        assert not [key for key in attributes if key.startswith("on") or key == "style"], (tag, attributes)
        for key in ("href", "src", "xlink:href"):
            assert (attributes.get(key) or "#").startswith(("#", "data:image/webp;base64,")), (tag, attributes)
    shown_text = "".join(page.texts)
    if name == "summary":
        assert all(one_line(text) in shown_text for text in HOSTILE)
    assert "\u202e" not in shown_text
    assert "\x00" not in shown_text


@pytest.mark.parametrize("name", REPORTS)
def test_hostile_text_is_kept_whole_in_json(hostile: ImageRewardDB, name: str) -> None:
    report = json.loads(render(hostile, name, "json"))
    jsonschema.validate(report, SCHEMA)
    if name == "summary":
        told = {
            row["classification"]
            for figure in report["figures"]
            if figure["name"] == "classifications"
            for row in figure["rows"]
        }
        assert told == set(HOSTILE)


def test_a_page_needs_nothing_and_allows_nothing() -> None:
    page = Page(of_sample(form="html"))
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
    shown_images, without = of_sample(form="html"), render(db, form="html", images=False)
    blurred = render(db, form="html", blur=True)
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


def test_scope_restricts_what_is_asked(db: ImageRewardDB) -> None:
    report = json.loads(render(db, form="json", split="test", subset="1k"))
    assert report["scope"] == {"split": "test", "subset": "1k", "resamples": 20, "seed": 0}
    assert {row["split"] for figure in report["figures"] for row in figure["rows"] if "split" in row} == {"test"}


def test_a_template_of_ones_own_has_the_same_blocks(db: ImageRewardDB, tmp_path: Path) -> None:
    own = tmp_path / "own.jinja"
    own.write_text(
        "# Mine\n\n{% set a = sql('SELECT split, count(*) AS images FROM images GROUP BY ALL ORDER BY ALL', 'How many?') %}\n"
        "## {{ a.question }}\n\n{{ a | chart('bars', x='split', y='images') }}\n\n{{ a | table }}\n\n{{ '<b>' }}\n"
    )
    text = render(db, template=own)
    assert "| test | 279 |" in text
    assert text.endswith("\n\\<b\\>\n")
    page = render(db, form="html", template=own)
    assert "<svg " in page
    assert "&lt;b&gt;" in page
    assert "<title>Mine</title>" in page


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{% for %}", r"the template 'own.jinja', line 1 fails"),
        ("{{ nothing }}", r"the template 'own.jinja' fails: 'nothing' is undefined"),
        ("{{ ask('nope') }}", r"unknown query 'nope'"),
        ("{{ sql('COPY (SELECT 1) TO ''x''') }}", r"one statement that reads"),
        ("{{ sql(\"FROM read_text('/etc/passwd')\") }}", r"does not take the function 'read_text'"),
        ("{{ ask.__globals__ }}", r"own.jinja' fails: access to attribute '__globals__'"),
        ("{{ ''.__class__.__mro__ }}", r"own.jinja' fails: access to attribute '__class__'"),
        ("{% include '/etc/passwd' %}", r"own.jinja' fails"),
        ("{% import 'os' as os %}", r"own.jinja' fails"),
        ("{{ ask('totals') | chart('pie', x='a', y='b') }}", r"kind is 'pie'"),
        ("{{ ask('totals') | chart('bars', x='a', y='b') }}", r"column is 'a'"),
        ("{{ 1 / 0 }}", r"own.jinja' fails: division by zero"),
        ("{{ ask('totals').where(x=1) }}", r"column is 'x'"),
        ("{{ range(10 ** 9) | list }}", r"own.jinja' fails: Range too big"),
    ],
)
def test_a_template_can_do_nothing_else(db: ImageRewardDB, tmp_path: Path, template: str, told: str) -> None:
    (tmp_path / "own.jinja").write_text(template)
    with pytest.raises(IrdbError, match=told):
        render(db, form="html", template=tmp_path / "own.jinja")


def test_what_there_is_not_is_refused(db: ImageRewardDB, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown report 'nope'"):
        render(db, "nope")
    with pytest.raises(ChoiceError, match="form is 'pdf'"):
        render(db, form="pdf")
    with pytest.raises(IrdbError, match="no file or folder is called"):
        render(db, template=tmp_path / "none")
    assert all(template_text(name).startswith("# ImageRewardDB: ") for name in REPORTS)
    assert issubclass(TemplateError, ValueError)


def test_differences_tell_what_changed(tmp_path: Path) -> None:
    old = json.loads(of_sample(form="json"))
    assert differences(old, json.loads(json.dumps(old))) == "# Changes of summary\n\nNothing changed.\n"
    new = json.loads(json.dumps(old))
    figures = {figure["name"]: figure for figure in new["figures"]}
    figures["pair_counts"]["rows"][0]["pairs"] += 1
    gone = figures["group_sizes"]["rows"].pop(1)
    figures["rating_stats"]["rows"][0]["mean"] += 1e-9
    kind = figures["rating_stats"]["rows"][0]["kind"]
    new["figures"] = [figure for figure in new["figures"] if figure["name"] != "rank_gaps"]
    new["versions"]["duckdb"] = "9.9.9"
    told = differences(old, new)
    assert "| test | pairs | 736 | 737 |" in told
    assert f"| {gone['split']} · {gone['images']} |  | a row | – |" in told
    assert re.search(rf"\| test · – · {kind} \| mean \| [\d.]{{8,}} \| [\d.]{{8,}} \|", told)
    assert "Only asked before. (`irdb query rank_gaps`)" in told
    assert "|  | duckdb | 2." in told
    assert "How many images are at each rank?" not in told
    for text in ("", "[]", "{}", '{"format": "irdb-report/1"}', '{"format": "irdb-report/1", "figures": 1}'):
        (tmp_path / "old.json").write_text(text)
        with pytest.raises(OldReportError, match="is no report to compare with"):
            read_report(tmp_path / "old.json", "irdb-report/1", "summary")


@pytest.fixture
def data() -> Path:
    return embedded_sample()


@pytest.fixture
def scored(data: Path, tmp_path: Path) -> Path:
    """Scores of three scorers, one with a name that no picture can hold."""
    with irdb_sql.connect(data) as db:
        images = db.images().select("image_path", "rank", "row_index")
    table = images.select(
        "image_path",
        (-pl.col("rank")).alias("good\x01\ufffe\u202e"),
        (pl.col("row_index").hash(1) % 1000).alias("noise"),
        pl.lit(0).alias("<b>flat</b>" * 20),
    )
    table.write_csv(tmp_path / "sc.csv")
    return tmp_path / "sc.csv"


def test_commands_and_files_of_scores_are_told_and_repeat_what_is_shown(
    scored: Path, data: Path, run_cli: RunCli
) -> None:
    with irdb_sql.connect(data, scores=scored) as db:
        report = json.loads(render(db, "scorers", "json"))
        assert "<svg" in render(db, "scorers", "html")
    digest = hashlib.sha256(scored.read_bytes()).hexdigest()
    told = {"file": "sc.csv", "split": None, "bytes": scored.stat().st_size, "sha256": digest}
    assert told in report["source"]["files"]
    commands = {figure["command"].partition("  # ")[0] for figure in report["figures"]}
    assert len(commands) > 5
    assert all("sc.csv" in command and f"--data {data.name}" in command for command in commands)
    figures = {figure["command"]: figure for figure in report["figures"]}
    (judged,) = (figure for command, figure in figures.items() if command.endswith("  # recall@1, recall@2, recall@4"))
    words = shlex.split(judged["command"].partition("  # ")[0])[1:]
    code, out, _ = run_cli(*(str(data) if word == data.name else word for word in words), "--format", "json")
    rows = [row for row in json.loads(out) if row["metric"].startswith("recall@")]
    assert (code, [row["value"] for row in rows]) == (0, [row["recall"] for row in judged["rows"]])
    disagreements = next(figure for figure in report["figures"] if figure["name"] == "scorer_disagreements")
    words = shlex.split(disagreements["command"])[1:]
    code, out, _ = run_cli(*(str(data) if word == data.name else word for word in words), "--format", "json")
    assert (code, json.loads(out)) == (0, disagreements["rows"])


def test_data_that_is_called_synthetic_is_named_in_commands(tmp_path: Path) -> None:
    folder = tmp_path / "synthetic data"
    folder.mkdir()
    write_metadata(folder, [image("p", str(rank), rank, 5, 5, 5) for rank in (1, 2)])
    with irdb_sql.connect(folder) as db:
        figures = json.loads(render(db, "audit", "json"))["figures"]
    assert all(figure["command"].endswith("--data 'synthetic data'") for figure in figures)


def test_what_an_audit_could_not_check_is_said(tmp_path: Path) -> None:
    rows = [image("p", str(number), None, None, None, None, classification=None) for number in range(3)]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as bare:
        missing = json.loads(render(bare, "audit", "json"))["missing"]
        figures = json.loads(render(bare, "reproduction", "json"))["missing"]
        summary = json.loads(render(bare, "summary", "json"))["missing"]
    assert [text.partition(" of")[0] for text in missing[:2]] == [
        "this source has no train, so that nothing is known",
        "this source has no validation, so that nothing is known",
    ]
    assert [text.partition(", so")[0] for text in missing[2:]] == [
        "no image of this source has a rank.",
        "no image of this source has a rating",
        "no image of this source has a classification",
        "no image file of this source is here",
    ]
    assert figures == [
        "this source has no train.",
        "this source has no validation.",
        "no scores are given, so that figures of scorers cannot be computed.",
    ]
    assert summary[0] == "none of the 3 images of this source has a rank, so that there are no pairs."
    assert json.loads(of_sample("audit", "json"))["missing"] == []


def test_no_file_that_is_read_is_written_over(scored: Path, data: Path, tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "own.jinja").write_text("# x\n")
    assert run_cli("report", "audit", "--resamples", "20", "-o", "old.json")[0] == 0
    for words in (
        ("report", "--data", data, "--scores", scored, "--format", "html", "-o", scored),
        ("report", "--template", "own.jinja", "--format", "html", "-o", "own.jinja"),
        ("report", "audit", "--resamples", "20", "--diff", "old.json", "-o", "old.json"),
        ("sql", "SELECT 1", "--data", data, "--scores", scored, "-o", scored),
    ):
        code, _, err = run_cli(*words)
        assert code == 1
        assert "is a file of the data itself, or one that is read" in err
    code, _, err = run_cli("report", "--diff", "old.json")
    assert code == 1
    assert "it is the report 'audit', not 'summary'" in err


def test_a_page_can_be_shown_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown_pages: list[str] = []
    monkeypatch.setattr("webbrowser.open", shown_pages.append)
    monkeypatch.chdir(tmp_path)
    irdb.main(["report", "audit", "-o", "a page.html", "--open"], standalone_mode=False)
    assert shown_pages == [(tmp_path / "a page.html").as_uri()]


def test_the_split_of_the_data_is_told(data: Path, run_cli: RunCli) -> None:
    report = json.loads(run_cli("report", "audit", "--data", data, "--split", "test", "--format", "json")[1])
    assert report["scope"]["split"] == "test"
    assert all(
        "split=test" in figure["command"]
        for figure in report["figures"]
        if figure["name"] in ("audit", "skipped_ranks")
    )


def test_the_command_writes_every_format(run_cli: RunCli, tmp_path: Path) -> None:
    for suffix, form in ((".md", "markdown"), (".html", "html"), (".json", "json")):
        assert run_cli("report", "audit", "--resamples", "20", "-o", f"r{suffix}")[0] == 0
        assert (tmp_path / f"r{suffix}").read_text() == of_sample("audit", form)
    assert run_cli("report", "audit", "--resamples", "20", "--diff", "r.json")[:2] == (
        0,
        "# Changes of audit\n\nNothing changed.\n",
    )
    assert run_cli("report", "--init", "own.jinja")[0] == 0
    assert (tmp_path / "own.jinja").read_text() == template_text("summary")
    assert run_cli("report", "scorers", "--init", "scorers.jinja")[0] == 0
    assert (tmp_path / "scorers.jinja").read_text() == template_text("scorers")
    assert run_cli("report", "--template", "own.jinja")[1] == of_sample()
    for words, told in (
        (("--init", "own.jinja"), "is there already"),
        (("-o", "r.pdf"), "the suffix of -o is '.pdf'"),
        (("--open",), "--open shows a file"),
        (("--diff", "none.json"), "is no report to compare with"),
    ):
        code, out, err = run_cli("report", *words)
        assert code
        assert out == ""
        assert told in err

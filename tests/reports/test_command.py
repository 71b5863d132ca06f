"""The command `irdb report`: formats, templates, what it does not write over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from oracles.reports import of_sample

from irdb_sql.cli.main import irdb
from irdb_sql.reports.catalog import template_text

if TYPE_CHECKING:
    from conftest import RunCli


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
        assert "is an input file" in err
    code, _, err = run_cli("report", "--diff", "old.json")
    assert code == 1
    assert "it is the report 'audit', not 'summary'" in err


def test_a_page_can_be_shown_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown_pages: list[str] = []
    monkeypatch.setattr("irdb_sql.cli.commands.report.webbrowser.open", shown_pages.append)
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


@pytest.mark.slow
def test_the_command_writes_every_format(run_cli: RunCli, tmp_path: Path) -> None:
    for suffix, format in ((".md", "markdown"), (".html", "html"), (".json", "json")):
        assert run_cli("report", "audit", "--resamples", "20", "-o", f"r{suffix}")[0] == 0
        assert (tmp_path / f"r{suffix}").read_text() == of_sample("audit", format)
    assert run_cli("report", "audit", "--resamples", "20", "--diff", "r.json")[:2] == (
        0,
        "# Changes of audit\n\nNothing changed.\n",
    )
    assert run_cli("report", "--init", "own.jinja")[0] == 0
    assert (tmp_path / "own.jinja").read_text() == template_text("summary")
    assert run_cli("report", "scorers", "--init", "scorers.jinja")[0] == 0
    assert (tmp_path / "scorers.jinja").read_text() == template_text("scorers")
    assert run_cli("report", "--template", "own.jinja")[1] == of_sample()
    for words, message in (
        (("--init", "own.jinja"), "already exists"),
        (("-o", "r.pdf"), "the suffix of -o cannot be '.pdf'"),
        (("--open",), "--open needs a file"),
        (("--diff", "none.json"), "is no report to compare with"),
    ):
        code, out, err = run_cli("report", *words)
        assert code
        assert out == ""
        assert message in err

"""The folder of templates: one file is one report more, in Python and on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fakes.package_copy import PackageCopy

from irdb_sql.cli.main import irdb
from irdb_sql.reports.catalog import REPORTS, describe_reports, report_summary, template_text

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """\
{# how many pairs each split has #}
# Pairs of {{ source.name }}

{{ ask("pair_counts") | table("split", "pairs") }}
"""


def test_one_template_adds_a_report(tmp_path: Path) -> None:
    copy = PackageCopy.into(tmp_path)
    copy.add("irdb_sql/reports/templates/pairs.md.jinja", TEMPLATE)
    written = copy.python("with irdb_sql.connect() as db:\n    print(irdb_sql.render(db, 'pairs'), end='')")
    assert written.startswith("# Pairs of embedded sample (synthetic)\n\n| split | pairs |\n")
    assert copy.irdb("report", "pairs") == written
    assert "pairs          how many pairs each split has\n" in copy.irdb("report", "--help")
    copy.irdb("report", "pairs", "--init", "mine.md.jinja")
    assert (tmp_path / "mine.md.jinja").read_text() == TEMPLATE.partition("\n")[2]
    assert copy.irdb("report", "--template", "mine.md.jinja") == written


@pytest.mark.parametrize("name", REPORTS)
def test_every_template_says_in_its_first_line_what_the_report_is(name: str) -> None:
    assert report_summary(name)
    assert template_text(name).startswith("# ")


def test_the_help_of_the_command_lists_every_report(capsys: pytest.CaptureFixture[str]) -> None:
    irdb.main(["report", "--help"], standalone_mode=False)
    assert "\n".join(f"  {line}" for line in describe_reports().splitlines()) in capsys.readouterr().out
    assert [line.split()[0] for line in describe_reports().splitlines()] == list(REPORTS)

"""Templates of one's own: they have the same functions as the shipped ones, and can do nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from oracles.reports import render

from irdb_sql.errors import IrdbError

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB


def test_a_template_of_ones_own_has_the_same_blocks(db: ImageRewardDB, tmp_path: Path) -> None:
    own = tmp_path / "own.jinja"
    own.write_text(
        "# Mine\n\n{% set a = sql('SELECT split, count(*) AS images FROM images GROUP BY ALL ORDER BY ALL', 'How many?') %}\n"
        "## {{ a.question }}\n\n{{ a | chart('bars', x='split', y='images') }}\n\n{{ a | table }}\n\n{{ '<b>' }}, {{ 1 | plural('prompt') }}, "
        "{{ 1878 | plural('entry', 'entries') }}\n"
    )
    text = render(db, template=own)
    assert "| test | 279 |" in text
    assert text.endswith("\n\\<b\\>, 1 prompt, 1,878 entries\n")
    page = render(db, format="html", template=own)
    assert "<svg " in page
    assert "&lt;b&gt;" in page
    assert "<title>Mine</title>" in page


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% for %}", r"the template 'own.jinja', line 1 fails"),
        ("{{ nothing }}", r"the template 'own.jinja' fails: 'nothing' is undefined"),
        ("{{ ask('nope') }}", r"unknown query 'nope'"),
        ("{{ sql('COPY (SELECT 1) TO ''x''') }}", r"one read-only statement"),
        ("{{ sql(\"FROM read_text('/etc/passwd')\") }}", r"refuses the function 'read_text'"),
        ("{{ ask.__globals__ }}", r"own.jinja' fails: access to attribute '__globals__'"),
        ("{{ ''.__class__.__mro__ }}", r"own.jinja' fails: access to attribute '__class__'"),
        ("{% include '/etc/passwd' %}", r"own.jinja' fails"),
        ("{% import 'os' as os %}", r"own.jinja' fails"),
        ("{{ ask('totals') | chart('pie', x='a', y='b') }}", r"kind cannot be 'pie'"),
        ("{{ ask('totals') | chart('bars', x='a', y='b') }}", r"column cannot be 'a'"),
        ("{{ 1 / 0 }}", r"own.jinja' fails: division by zero"),
        ("{{ ask('totals').where(x=1) }}", r"column cannot be 'x'"),
        ("{{ range(10 ** 9) | list }}", r"own.jinja' fails: Range too big"),
    ],
)
def test_a_template_can_do_nothing_else(db: ImageRewardDB, tmp_path: Path, template: str, message: str) -> None:
    (tmp_path / "own.jinja").write_text(template)
    with pytest.raises(IrdbError, match=message):
        render(db, format="html", template=tmp_path / "own.jinja")

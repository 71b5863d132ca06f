"""The registry of export formats: one entry and its query are one format more, and the docs tell what it says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from fakes.package_copy import PackageCopy

import irdb_sql
from irdb_sql.cli.main import irdb
from irdb_sql.exports.formats import EXPORT_FORMATS, SUFFIXES, describe_formats

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """
    ExportFormat(
        "texts",
        "CSV or Parquet of prompts and their best images",
        "exported_texts",
        {"prompt_id": "id", "prompt": "text", "image_path": "best"},
        ("best",),
        has_bytes=False,
        kinds=("csv", "parquet"),
        file_names="texts-{split}.{kind}",
    ),
)

EXPORT_FORMATS"""
QUERY = """\
-- name: exported_texts
-- Which image of each prompt does an export take for its best?
-- param split: train, validation or test; all splits unless given
-- returns: prompt_id, prompt, image_path
-- reads: images
SELECT
    prompt_id,
    prompt,
    image_path
FROM images
WHERE rank = 1 AND split = $split::VARCHAR
ORDER BY row_index
"""


@pytest.mark.slow
def test_one_entry_and_its_query_add_a_format(tmp_path: Path) -> None:
    copy = PackageCopy.into(tmp_path)
    registry = tmp_path / "irdb_sql/exports/formats.py"
    copy.add("irdb_sql/exports/formats.py", registry.read_text().replace("\n)\n\nEXPORT_FORMATS", ENTRY, 1))
    copy.add("queries/exports/exported_texts.sql", QUERY)
    made = json.loads(
        copy.python(
            "import json\n"
            "with irdb_sql.connect() as db:\n"
            "    made = db.export('texts', 'python', split='test')\n"
            "    shared = db.check_split('python', 'test')['leak'].unique().sort().to_list()\n"
            "    print(json.dumps([made['files'][0]['file'], made['columns'], made['totals']['rows'], shared]))"
        )
    )
    assert made[:2] == ["texts-test.csv", ["id", "text", "best"]]
    assert made[3] == ["image", "prompt_id", "text"]
    copy.irdb("export", "texts", "-o", "command", "--split", "test")
    content = (tmp_path / "command/texts-test.csv").read_bytes()
    assert content == (tmp_path / "python/texts-test.csv").read_bytes()
    assert content.startswith(b"id,text,best\n")
    copy.irdb("export", "texts", "--split", "test", "-o", "texts.parquet")
    assert copy.failing("export", "texts", "--split", "test", "-o", "texts.json").returncode == 1
    assert "texts                 CSV or Parquet of prompts and their best images" in copy.irdb("export", "--help")


def test_the_help_of_the_command_lists_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    irdb.main(["export", "--help"], standalone_mode=False)
    assert "\n".join(f"  {line}" for line in describe_formats().splitlines()) in capsys.readouterr().out
    names = [name for line in describe_formats().splitlines() for name in line.partition("   ")[0].split(", ")]
    assert names == list(EXPORT_FORMATS)


def test_each_row_of_the_docstring_is_true_of_its_format() -> None:
    docstring = irdb_sql.ImageRewardDB.export.__doc__ or ""
    rows = re.findall(r"\| `(\w+)` \| (.+) \| (\..+) \|", docstring)
    assert rows
    for name, row, suffixes in rows:
        format = EXPORT_FORMATS[name]
        assert suffixes.split(", ") == [f".{kind}" for kind in format.kinds]
        assert set(re.findall(r"[a-z]+_\w+", row)) <= {*format.columns.values()}
        assert ("pair" in row) == format.has_pairs


def test_every_kind_of_file_has_a_suffix_and_a_cluster_writes_parquet() -> None:
    assert {kind for format in EXPORT_FORMATS.values() for kind in format.kinds} == set(SUFFIXES.values())
    assert [name for name, format in EXPORT_FORMATS.items() if not format.is_parquet] == [
        "ranking", "webdataset", "hpdv3", "hpdv2",
    ]  # fmt: skip

"""A kind of source is one class and one macro."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.package_copy import PackageCopy

from irdb_sql.sources.kinds import layout_names
from irdb_sql.sources.kinds.registry import kind_of, source_kinds

KIND = '''\
"""CSV files of ranks, which end in `.ranks`."""

from irdb_sql.sources.errors import WrongValueError
from irdb_sql.sources.kinds.base import SourceKind


class CsvFiles(SourceKind):
    """Ranks of images, one row an image, without ratings."""

    description = "CSV file"
    layout = "csv"
    pattern = ".ranks"
    macro = "csv_file"
    check_macros = ("csv_file_faults",)
    is_in_memory = True

    def matches(self, path, fields):
        return path.suffix == self.pattern

    def split_of(self, path):
        return path.stem if path.stem in ("train", "validation") else "test"

    def check(self, path, split, reader):
        if (fault := reader.first_row("csv_file_faults", path)) is not None:
            raise WrongValueError(path, *fault)
'''
MACRO = """\
-- name: csv_file
-- Rows of a CSV file of ranks, in the columns of parquet_file.
-- param file_path: the CSV file
-- param file_split: split of its rows
-- param start_row: row_index of the file's first row
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating, split, row_index, generator
CREATE OR REPLACE MACRO csv_file(file_path VARCHAR, file_split VARCHAR := 'test', start_row BIGINT := 0) AS TABLE
    SELECT
        file AS image_path,
        "group" AS prompt_id,
        text AS prompt,
        cast(NULL AS VARCHAR) AS classification,
        cast(count(*) OVER (PARTITION BY "group") AS TINYINT) AS image_amount_in_total,
        cast(place AS TINYINT) AS rank,
        cast(NULL AS TINYINT) AS overall_rating,
        cast(NULL AS TINYINT) AS image_text_alignment_rating,
        cast(NULL AS TINYINT) AS fidelity_rating,
        file_split AS split,
        cast(start_row + row_number() OVER () - 1 AS BIGINT) AS row_index,
        cast(NULL AS VARCHAR) AS generator
    FROM read_csv(file_path, header := TRUE, all_varchar := TRUE)
"""
FAULTS = """\
-- name: csv_file_faults
-- Ranks of a CSV file that are no whole numbers.
-- param file_path: the CSV file
-- returns: column_name, offending_value
CREATE OR REPLACE MACRO csv_file_faults(file_path VARCHAR) AS TABLE
    SELECT
        'place' AS column_name,
        place AS offending_value
    FROM read_csv(file_path, header := TRUE, all_varchar := TRUE)
    WHERE try_cast(place AS TINYINT) IS NULL
"""
ROWS = """\
file,group,text,place
images/test/test_1/a.webp,p,a fox,1
images/test/test_1/b.webp,p,a fox,2
images/test/test_1/c.webp,p,a fox,2
images/test/test_1/d.webp,q,an owl,1
"""


@pytest.fixture
def copy(tmp_path: Path) -> PackageCopy:
    copy = PackageCopy.into(tmp_path)
    copy.add("irdb_sql/sources/kinds/csv.py", KIND)
    copy.add("queries/sources/csv_file.sql", MACRO)
    copy.add("queries/sources/csv_file_faults.sql", FAULTS)
    copy.add("my.ranks", ROWS)
    return copy


def test_one_class_and_its_macro_open_files_of_another_kind(copy: PackageCopy) -> None:
    counts = copy.python(
        "with irdb_sql.connect('my.ranks') as db:\n"
        "    print(db.sql('SELECT split, images, strict_pairs, tied_pairs FROM pair_counts()').rows())\n"
        "    print(db.pairs().select('better_path', 'rank_gap').rows())"
    )
    pairs = [("images/test/test_1/a.webp", 1), ("images/test/test_1/a.webp", 1)]
    assert counts == f"[('test', 4, 2, 1)]\n{pairs}\n"
    ranks = "SELECT rank FROM images ORDER BY row_index"
    assert copy.irdb("sql", ranks, "--data", "my.ranks", "--format", "csv").split() == ["rank", "1", "2", "2", "1"]
    names, totals = copy.irdb("query", "totals", "--data", "my.ranks", "--format", "csv").split()
    assert dict(zip(names.split(","), totals.split(","), strict=True))["images"] == "4"


def test_another_kind_is_checked_and_named_by_its_class(copy: PackageCopy) -> None:
    copy.add("wrong.ranks", f"{ROWS}images/test/test_1/e.webp,q,an owl,last\n")
    done = copy.failing("sql", "SELECT 1", "--data", "wrong.ranks")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: column 'place' of 'wrong.ranks' holds last, which is no whole number")
    copy.add("broken.ranks", "a,b\n1,2\n")
    done = copy.failing("sql", "SELECT 1", "--data", "broken.ranks")
    assert done.stderr.startswith("error: 'broken.ranks' is no CSV file")
    assert "is read as a CSV file (.ranks), a ranking file (.json), a parquet file or votes as hpdv2," in done.stderr


@pytest.mark.parametrize(
    ("name", "kind", "split"),
    [
        ("metadata-train.parquet", "parquet file", "train"),
        ("all.parquet", "parquet file", None),
        ("metadata-train.PARQUET", "parquet file", None),
        ("test", "parquet file", None),
        ("test.json", "ranking file", "test"),
        ("metadata-train.JSON", "ranking file", "test"),
    ],
)
def test_a_name_means_a_kind_and_the_split(name: str, kind: str, split: str | None) -> None:
    actual = kind_of(Path("folder") / name)
    assert (actual.description, actual.split_of(Path("folder") / name)) == (kind, split)


def test_exactly_one_kind_takes_what_no_other_does() -> None:
    priorities = [kind.priority for kind in source_kinds()]
    assert priorities == sorted(priorities, reverse=True)
    assert priorities.count(priorities[-1]) == 1
    assert source_kinds()[-1].matches(Path("any"), frozenset())


def test_a_layout_is_called_like_its_module() -> None:
    assert sorted(kind.layout for kind in source_kinds()) == layout_names()

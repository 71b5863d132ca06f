"""The checks of the labels: each finds its fault and no other, equals the oracle, and tells `irdb audit` how to exit."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner
from conftest import SCHEMA, RunCli, image, write_metadata
from fakes.strategies import Row, datasets
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import audit as audit_oracle
from oracles import statistics as oracle
from polars.testing import assert_frame_equal

import irdb_sql
from irdb_sql.cli import data as cli_data
from irdb_sql.cli.main import irdb
from irdb_sql.core import catalog as catalogs
from irdb_sql.core.schema import SPLITS
from irdb_sql.core.text import CONTROL, UNSEEN
from irdb_sql.errors import UnknownSplitError, UnknownSubsetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql import ImageRewardDB

SEVERITIES = {
    "keyless_rows": "error", "mixed_prompts": "error", "wrong_amounts": "error", "wrong_ranks": "error",
    "wrong_ratings": "error", "repeated_images": "error", "shared_images": "error", "misplaced_images": "error",
    "broken_images": "error", "miscounted_pairs": "error", "unranked_images": "warning", "crowded_ranks": "warning", "rating_conflicts": "warning",
    "shared_prompts": "warning", "lookalike_prompts": "warning", "unknown_classes": "warning", "odd_paths": "warning", "skipped_ranks": "note", "repeated_prompts": "note", "predictive_places": "note",
}  # fmt: skip
PLACES = {"row_index", "first_row", "better_row", "worse_row", "best_share", "chance_share"}
NOTE = "note: no --data given; this is the embedded sample, which is synthetic\n"


class Plain:
    """The files in plain DuckDB, with every check prepared: another dataset costs no planning."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        files = catalogs.load()
        for file in files.load_order():
            self._connection.execute(file.text)
        columns = ", ".join(f"{name} {'VARCHAR' if kind is pl.String else 'TINYINT'}" for name, kind in SCHEMA.items())
        self._connection.execute(f"CREATE TABLE given ({columns}, split VARCHAR, row_index BIGINT)")
        self._connection.execute("CREATE OR REPLACE VIEW metadata AS SELECT *, NULL::VARCHAR AS generator FROM given")
        for name in audit_oracle.CHECKS:
            listed = ", ".join(column for column in files.macros[name].returns if column not in PLACES)
            self._connection.execute(f"PREPARE {name} AS SELECT {listed} FROM {name}($1::VARCHAR, $2::VARCHAR)")  # noqa: S608 - names of ours

    def take(self, rows: list[Row]) -> None:
        self._connection.execute("DELETE FROM given")
        ordered = sorted(rows, key=lambda row: SPLITS.index(row["split"]))
        if ordered:
            values = [[*(row[name] for name in (*SCHEMA, "split")), place] for place, row in enumerate(ordered)]
            self._connection.executemany(f"INSERT INTO given VALUES ({', '.join('?' * len(values[0]))})", values)  # noqa: S608 - as above

    def findings(self, name: str, split: str | None = None, subset: str | None = None) -> audit_oracle.Findings:
        values = (f"'{value}'" if value else "NULL" for value in (split, subset))
        return Counter(self.ask(f"EXECUTE {name}({', '.join(values)})"))

    def counts(self) -> dict[str, int]:
        return {name: found for name, found in self.ask("FROM audit_counts()") if found}

    def ask(self, text: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(text).fetchall()


@pytest.fixture(scope="module")
def plain() -> Plain:
    return Plain()


def prompt(name: str, split: str = "test", **more: Any) -> list[Row]:
    """Four images of one prompt that nothing is wrong with."""
    return [
        image(name, f"{name}-{split}-{rank}", rank, 8 - rank, 8 - rank, 8 - rank, split=split, **more)
        for rank in (1, 2, 3, 4)
    ]


CLEAN = [*prompt("p"), *prompt("q"), *prompt("r", "train"), *prompt("s", "validation")]


def changed(place: int, **values: Any) -> list[Row]:
    return [row | values if number == place else row for number, row in enumerate(CLEAN)]


FAULTS: list[tuple[list[Row], dict[str, int]]] = [
    (CLEAN, {}),
    ([], {}),
    (changed(0, rank=5, overall_rating=1), {"skipped_ranks": 1}),
    ([*CLEAN, image("z", "no id", 1) | {"prompt_id": None}], {"keyless_rows": 1}),
    ([*CLEAN, image("z", "no path", 1) | {"image_path": None}], {"keyless_rows": 1}),
    (changed(1, prompt="another text"), {"mixed_prompts": 1}),
    (changed(1, classification="Arts"), {"mixed_prompts": 1}),
    (changed(1, classification=None), {}),
    (changed(1, image_path="images/test/test_2/x.webp"), {"mixed_prompts": 1}),
    (changed(1, image_amount_in_total=5), {"wrong_amounts": 1}),
    (changed(1, image_amount_in_total=None), {}),
    ([row for row in CLEAN if row["image_path"] != CLEAN[3]["image_path"]], {"wrong_amounts": 1}),
    (changed(0, rank=0), {"wrong_ranks": 1, "skipped_ranks": 1}),
    (changed(3, rank=6), {"wrong_ranks": 1, "skipped_ranks": 1}),
    (changed(0, overall_rating=8, fidelity_rating=9), {"wrong_ratings": 2}),
    (changed(3, image_text_alignment_rating=0), {"wrong_ratings": 1}),
    (changed(0, overall_rating=None), {}),
    (changed(1, image_path=CLEAN[0]["image_path"]), {"repeated_images": 1}),
    (changed(0, image_path="images/test/test_1/r-train-1.webp"), {"shared_images": 1}),
    (changed(0, image_path="images/train/train_1/x.webp"), {"misplaced_images": 1}),
    (changed(0, image_path="images/test/train_1/x.webp"), {"misplaced_images": 1}),
    (changed(0, image_path="images/train/test_1/x.webp"), {"misplaced_images": 1}),
    (changed(0, image_path="part-005658/images/0040/x.webp"), {}),
    (changed(0, image_path="images/mine/mine_1/x.webp"), {}),
    (changed(0, image_path=".\\images\\test\\test_1\\x.webp"), {"odd_paths": 1}),
    (changed(0, image_path="./images/test/test_1/x.webp"), {"odd_paths": 1}),
    (changed(0, image_path="/images/test/test_1/x.webp"), {"odd_paths": 1}),
    (changed(0, image_path="images/test/test_1//x.webp"), {"odd_paths": 1}),
    (changed(8, image_path="x.webp"), {"odd_paths": 1}),
    (changed(3, rank=None), {"unranked_images": 1}),
    ([row | {"rank": 1, "image_amount_in_total": 4} if row["prompt_id"] == "p" else row for row in CLEAN], {"crowded_ranks": 1}),
    (changed(1, rank=1), {"skipped_ranks": 1}),
    (changed(1, overall_rating=4), {"rating_conflicts": 1}),
    (changed(1, overall_rating=7), {}),
    ([row | {"prompt": "Text  OF\n" + row["prompt_id"][0] + "\u00a0"} if row["prompt_id"] == "s" else row for row in CLEAN]
        + prompt("text", prompt="text of s"), {"shared_prompts": 1}),
    (changed(0, prompt="text of p\u200b"), {"mixed_prompts": 1, "lookalike_prompts": 1}),
    ([*CLEAN, *prompt("t", prompt="te\u00adxt of \U000e0041p")], {"lookalike_prompts": 1}),
    (changed(0, classification="people"), {"mixed_prompts": 1, "unknown_classes": 1}),
    ([*CLEAN, *prompt("t", prompt="text of p")], {"repeated_prompts": 2}),
    ([*CLEAN, *prompt("t"), *prompt("u")], {"predictive_places": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "found"), FAULTS)
def test_each_check_finds_its_fault_and_no_other(plain: Plain, rows: list[Row], found: dict[str, int]) -> None:
    plain.take(rows)
    assert plain.counts() == found
    for name, check in audit_oracle.CHECKS.items():
        assert check(rows, None, None).total() == found.get(name, 0), name


def test_every_check_but_that_of_files_has_a_fault_here_and_an_oracle() -> None:
    assert {name for _, found in FAULTS for name in found} == audit_oracle.CHECKS.keys()
    assert audit_oracle.CHECKS.keys() == SEVERITIES.keys() - {"broken_images", "miscounted_pairs"}


@st.composite
def faulty_datasets(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[Row]:
    """Datasets of any kind with rows that lack keys, lie elsewhere, or stand in another split or prompt, too."""
    rows: list[Row] = draw(datasets())
    moved = [
        row | {"split": split, "prompt_id": prompt_id, "rank": rank}
        for row in (draw(st.lists(st.sampled_from(rows), max_size=6)) if rows else [])
        for split, prompt_id, rank in [(draw(st.sampled_from(SPLITS)), draw(st.sampled_from("xy")), draw(st.integers(1, 5)))]
    ]  # fmt: skip
    values = {
        "image_path": st.sampled_from(
            [None, "", "a.webp", "x/", "images/test/train_3/a.webp", "images/mine/test_3/a.webp", "images/a/b_1/a", "images/train/train_x/b",
             "./images/train/train_9/c", "images\\test\\test_2\\d.webp", ".\\..\\e", "C:\\f", "././/train/train_3/g", "/h/train/train_4/i"]
        ),
        "prompt_id": st.sampled_from([None, "x", "y"]),
        "prompt": st.sampled_from([None, "A  cat", "a cat ", "a\u2060 cat ", "\u2003A\tCAT", "Ａ cat", "\ufeffＡ cat\u180e"]),
        "classification": st.sampled_from([None, "people", "Arts"]),
        "image_amount_in_total": st.sampled_from([None, 0, 3, 127]),
    }  # fmt: skip
    rows = [*rows, *moved]
    for place in draw(st.lists(st.integers(0, max(len(rows) - 1, 0)), max_size=5)) if rows else ():
        column = draw(st.sampled_from(sorted(values)))
        rows[place] = rows[place] | {column: draw(values[column])}
    return rows


@settings(max_examples=9)
@given(rows=faulty_datasets(), split=st.sampled_from([None, *SPLITS]), subset=st.sampled_from([None, None, "1k", "8k"]))
def test_every_check_equals_the_oracle_on_generated_data(
    plain: Plain, rows: list[Row], split: str | None, subset: str | None
) -> None:
    plain.take(rows)
    for name, check in audit_oracle.CHECKS.items():
        assert plain.findings(name, split, subset) == check(rows, split, subset), name


def test_annotations_of_one_text_are_compared_where_they_share_images(plain: Plain) -> None:
    first = prompt("p")  # ranks 1 2 3 4
    second = [row | {"prompt_id": "q", "rank": rank} for row, rank in zip(first[:3], (2, 1, 1), strict=True)]
    plain.take([*first, *second])
    shared = {row[3]: row[-3:] for row in plain.findings("repeated_prompts")}
    assert shared == {"p": (3, 3, 2), "q": (3, 3, 2)}  # 1 2 and 1 3 are the other way round, 2 3 are a tie there


def test_what_shows_nothing_is_the_same_in_sql_and_on_the_screen(plain: Plain) -> None:
    codes = "unnest(generate_series(1, 55295) || generate_series(57344, 1114111))"
    found = plain.ask(f"SELECT code FROM (SELECT {codes}::INT AS code) WHERE visible_text(chr(code)) = ''")  # noqa: S608 - numbers
    shown_otherwise = {*CONTROL, 0x85, 0x2028, 0x2029}  # in a space or a replacement character
    assert {code for (code,) in found} - shown_otherwise == {*UNSEEN}


@pytest.fixture(scope="module")
def sample_audit(db: ImageRewardDB) -> pl.DataFrame:
    return db.query("audit")


def test_an_audit_lists_every_check_also_those_without_findings(db: ImageRewardDB, sample_audit: pl.DataFrame) -> None:
    checks = sample_audit
    assert dict(checks.select("check_name", "severity").rows()) == SEVERITIES
    assert checks["place"].to_list() == list(range(1, len(SEVERITIES) + 1))
    files = catalogs.load()
    assert set(SEVERITIES) <= files.macros.keys() & files.queries.keys()
    for name, found in checks.select("check_name", "findings").rows():
        assert found == 0 or db.query(name).height == found, name
        assert {"split", "subset"} <= files.queries[name].params.keys()


@pytest.mark.parametrize(
    "options", [{}, {"split": "test"}, {"subset": "1k"}, {"split": ["train", "test"], "subset": "2k"}]
)
def test_the_method_counts_what_the_query_counts_check_by_check(
    db: ImageRewardDB, caplog: pytest.LogCaptureFixture, options: dict[str, Any]
) -> None:
    with caplog.at_level("INFO", "irdb_sql.steps"):
        counted = db.audit(**options)
    assert_frame_equal(counted, db.query("audit", **options))
    steps = [record.getMessage() for record in caplog.records if record.getMessage().startswith("check")]
    assert steps == [f"check {place} of 20, {name}" for place, name in enumerate(counted["check_name"], 1)]
    with pytest.raises(UnknownSubsetError):
        db.audit(subset="9k")  # type: ignore[arg-type]


def test_a_misspelt_split_or_subset_is_refused_by_every_check(db: ImageRewardDB, plain: Plain) -> None:
    for name in ("audit", *SEVERITIES):
        with pytest.raises(UnknownSplitError):
            db.query(name, split="tset")
        with pytest.raises(UnknownSubsetError):
            db.query(name, subset="3k")
    plain.take(CLEAN)
    for call in ("in_split := 'tset'", "in_subset := '3k'"):
        with pytest.raises(duckdb.InvalidInputException, match="unknown (split|subset)"):
            plain.ask(f"FROM audit_counts({call})")


@pytest.fixture(scope="module")
def real(real_file: Path) -> Any:
    with irdb_sql.connect(real_file) as database:
        yield database


def test_the_real_file_has_no_error_and_no_warning(real: ImageRewardDB, real_file: Path) -> None:
    found = {name: count for _, name, _, count, _ in real.query("audit").rows() if count}
    assert found == {"skipped_ranks": 137, "repeated_prompts": 5, "predictive_places": 1}
    rows = [
        image(prompt["id"], "", rank, prompt=prompt["prompt"], image_path=path, classification=None,
              image_amount_in_total=len(prompt["generations"]))
        for prompt in json.loads(real_file.read_text())
        for path, rank in zip(prompt["generations"], prompt["ranking"], strict=True)
    ]  # fmt: skip
    for name, check in audit_oracle.CHECKS.items():
        assert check(rows, None, None).total() == found.get(name, 0), name
    assert max(Counter((row["prompt_id"], row["rank"]) for row in rows).values()) == 2
    assert len({oracle.image_id_of(row) for row in rows}) == len(rows) == 2720


def test_the_order_of_the_real_file_predicts_ranks(real: ImageRewardDB) -> None:
    (row,) = real.query("predictive_places").rows()
    assert row[:4] == ("test", 1, 466, 195)
    assert [round(100 * share, 1) for share in row[4:]] == [41.8, 25.3]
    (row,) = real.evaluate(metric="acc_micro").filter(scorer="position").select("value", "lower", "upper").rows()
    assert [round(100 * value, 1) for value in row] == [59.0, 57.0, 61.0]


@pytest.mark.parametrize(("prompts", "found"), [(3, []), (4, [("test", 1, 4, 4, 1.0, 0.25)])])
def test_places_predict_only_beyond_chance(tmp_path: Path, prompts: int, found: list[Any]) -> None:
    rows = [row for number in range(prompts) for row in prompt(f"p{number}")]
    with irdb_sql.connect(write_metadata(tmp_path, [*rows, image("none", "n", None)])) as db:
        assert db.query("predictive_places").rows() == found
        assert db.query("predictive_places", split="train").is_empty()


def test_position_is_minus_the_place_among_the_images_of_a_prompt(tmp_path: Path) -> None:
    rows = [image("p", "a", 2), image("q", "d", 1), image("p", "b", None), image("p", "a", 1), image("p", "c", 1)]
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        scores = db.sql("SELECT image_path, score FROM baseline_scores WHERE scorer = 'position' ORDER BY row_index")
        assert [(path[-6:-5], score) for path, score in scores.rows()] == [("a", -1), ("d", -1), ("b", -2), ("c", -4)]


def test_the_real_file_has_one_text_under_three_ids_and_one_under_two_whose_images_differ(real: ImageRewardDB) -> None:
    repeated = real.query("repeated_prompts")
    assert repeated.select("prompt_id", "prompt_ids", "images", "tied_pairs", "ranks", "shared_images").rows() == [
        ("001197-0059", 3, 7, 3, 4, 0),
        ("009528-0020", 3, 7, 3, 4, 0),
        ("011025-0007", 3, 7, 2, 5, 0),
        ("007755-0051", 2, 4, 0, 4, 0),
        ("008615-0036", 2, 4, 1, 3, 0),
    ]
    assert repeated.select("shared_pairs", "opposite_pairs").sum().row(0) == (0, 0)


def test_files_that_are_known_to_be_broken_are_found_and_those_of_unknown_archives_are_not(tmp_path: Path) -> None:
    rows = [row | {"image_amount_in_total": 4} for row in [*prompt("p"), *prompt("r", "train")]]
    archive = tmp_path / "images" / "test" / "test_1.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as written:
        for name, content in (("p-test-1", b"bytes"), ("p-test-2", b"")):
            written.writestr(f"{name}.webp", content)
    with irdb_sql.connect(write_metadata(tmp_path, rows)) as db:
        broken = db.query("broken_images")
        assert broken.select("image_path", "status").rows() == [
            (rows[1]["image_path"], "empty"),
            (rows[2]["image_path"], "missing"),
            (rows[3]["image_path"], "missing"),
        ]
        assert db.query("broken_images", split="train").height == 0
        assert [(name, count) for _, name, _, count, _ in db.query("audit").rows() if count] == [("broken_images", 3)]
    with irdb_sql.connect(tmp_path, images="ok") as db:  # what is left out makes no prompt wrong
        assert db.query("wrong_amounts").height == db.query("broken_images").height == 0


TABLE = """\
┌───────┬───────────────────┬──────────┬──────────┬──────────────────────────────────────────────────────────────────────────────────┐
│ place │    check_name     │ severity │ findings │                                     meaning                                      │
│ int32 │      varchar      │ varchar  │  int64   │                                     varchar                                      │
├───────┼───────────────────┼──────────┼──────────┼──────────────────────────────────────────────────────────────────────────────────┤
│     1 │ keyless_rows      │ error    │        0 │ rows without image_path or prompt_id, which are left out everywhere else         │
│     2 │ mixed_prompts     │ error    │        0 │ prompts with different prompt texts, classifications or parts                    │
│     3 │ wrong_amounts     │ error    │        0 │ prompts whose number of images differs from image_amount_in_total                │
│     4 │ wrong_ranks       │ error    │        0 │ images with a rank below 1 or above 5                                            │
│     5 │ wrong_ratings     │ error    │        0 │ ratings of any kind below 1 or above 7                                           │
│     6 │ repeated_images   │ error    │        0 │ image paths that occur in more than one row                                      │
│     7 │ shared_images     │ error    │        0 │ images, by image_id, that occur in more than one split                           │
│     8 │ misplaced_images  │ error    │        0 │ images whose path names a different split than their row, or two splits          │
│     9 │ broken_images     │ error    │        0 │ images whose file is missing, empty or corrupt                                   │
│    10 │ miscounted_pairs  │ error    │        0 │ prompts with more or fewer pairs than their ranked images make                   │
│    11 │ unranked_images   │ warning  │        0 │ images without a rank, which are in no pair                                      │
│    12 │ crowded_ranks     │ warning  │        0 │ ranks that more than two images of a prompt share                                │
│    13 │ rating_conflicts  │ warning  │        7 │ pairs whose better image has the lower overall rating                            │
│    14 │ shared_prompts    │ warning  │        1 │ prompt texts, ignoring case and whitespace, that occur in more than one split    │
│    15 │ lookalike_prompts │ warning  │        0 │ prompt texts that look equal, but differ in characters that show nothing         │
│    16 │ unknown_classes   │ warning  │        0 │ images whose classification is not one of the twelve published ones              │
│    17 │ odd_paths         │ warning  │        0 │ image paths that are absolute or have backslashes or dots, or, in train, no part │
│    18 │ skipped_ranks     │ note     │       96 │ prompts that skip a rank, or have no image at rank 1                             │
│    19 │ repeated_prompts  │ note     │       10 │ annotations of prompt texts that have several prompt ids                         │
│    20 │ predictive_places │ note     │        0 │ places in the files at which a best image stands more often than by chance       │
└───────┴───────────────────┴──────────┴──────────┴──────────────────────────────────────────────────────────────────────────────────┘
  20 rows
"""


def test_the_audit_of_the_sample_byte_by_byte(run_cli: RunCli) -> None:
    assert run_cli("audit") == (
        0,
        TABLE,
        NOTE + "note: irdb query NAME shows the rows of a check, such as irdb query rating_conflicts\n",
    )


def test_an_error_is_written_first_and_then_exits_with_1(run_cli: RunCli, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    hostile = "'; DROP TABLE images; --\x1b[31m\n<b>|"
    write_metadata(folder, changed(0, overall_rating=8, prompt=hostile, prompt_id=hostile))
    code, out, err = run_cli("audit", "--data", folder, "-o", "audit.csv", "--subset", "1k")
    assert (code, out) == (1, "")
    found = pl.read_csv(io.BytesIO((tmp_path / "audit.csv").read_bytes()))
    assert err == (
        f"note: wrote {found.height} rows to audit.csv\n"
        "note: irdb query NAME shows the rows of a check, such as irdb query wrong_amounts --param subset=1k\n"
        "note: failed checks: wrong_amounts, wrong_ratings\n"
    )
    assert found.filter(pl.col("findings") > 0).select("check_name", "findings").rows() == [
        ("wrong_amounts", 2),
        ("wrong_ratings", 1),
        ("skipped_ranks", 1),
    ]


@pytest.mark.parametrize(
    ("fail_on", "code", "failing"),
    [
        ("error", 0, ""),
        ("warning", 1, "rating_conflicts, shared_prompts"),
        ("note", 1, "rating_conflicts, shared_prompts, skipped_ranks, repeated_prompts"),
        ("never", 0, ""),
    ],
)
def test_a_severity_fails_with_those_that_are_worse(
    fail_on: str, code: int, failing: str, sample_audit: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = SimpleNamespace(audit=lambda **_: sample_audit, query=lambda *_: pl.DataFrame({"images": [1]}))
    monkeypatch.setattr(cli_data, "open_database", lambda *_, **__: contextlib.nullcontext(database))
    done = CliRunner().invoke(irdb, ["audit", "--fail-on", fail_on])
    assert (done.exit_code, done.stdout) == (code, TABLE)
    assert done.stderr.partition("failed checks: ")[2].rstrip() == failing


def test_an_audit_of_no_rows_finds_nothing_and_says_so(tmp_path: Path) -> None:
    folder = str(write_metadata(tmp_path, []))
    done = CliRunner().invoke(irdb, ["audit", "--data", folder, "--fail-on", "note", "--format", "json"])
    assert (done.exit_code, done.stderr) == (0, "note: no image is selected, so that every count is 0\n")
    assert [(row["check_name"], row["findings"]) for row in json.loads(done.stdout)] == [
        (name, 0) for name in SEVERITIES
    ]


@pytest.mark.parametrize("options", [["--fail-on", "fatal"], ["--subset", "3k"], ["-o", "audit.nothing"]])
def test_wrong_usage_exits_with_2(options: list[str]) -> None:
    assert CliRunner().invoke(irdb, ["audit", *options]).exit_code == 2

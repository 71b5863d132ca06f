"""The commands that say what there is to ask."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from fakes.terminals import on_a_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

    from irdb_sql import ImageRewardDB


def test_list_and_show_tell_what_there_is(run_cli: RunCli, data: Path, db: ImageRewardDB) -> None:
    code, out, _ = run_cli("list", "--data", data, "--format", "json")
    assert code == 0
    assert json.loads(out) == db.catalog().select("kind", "name", "summary").to_dicts()
    code, out, _ = run_cli("show", "pair_count", "--data", data)
    assert (code, out) == (
        0,
        "macro pair_count(n_images BIGINT)\n\n  Number of unordered pairs of n images: n (n - 1) / 2; NULL if n is negative.\n\n"
        "Parameters:\n  n_images  number of images\n\nSQL:\n\n  -- name: pair_count\n"
        "  -- Number of unordered pairs of n images: n (n - 1) / 2; NULL if n is negative.\n  -- param n_images: number of images\n"
        "  CREATE OR REPLACE MACRO pair_count(n_images BIGINT) AS\n  CASE WHEN n_images >= 0 THEN n_images * (n_images - 1) // 2 END\n",
    )
    code, out, _ = run_cli("show", "rating_kinds", "--data", data, "--format", "csv")
    assert (code, out) == (0, "kind,column,type\nview,kind,VARCHAR\n")
    code, out, _ = run_cli("show", "pair_counts", "--data", data)
    assert [line for line in out.splitlines() if line.startswith(("macro", "query"))] == [
        "macro pair_counts(in_split VARCHAR := NULL, in_subset VARCHAR := NULL, by_classification BOOLEAN := FALSE)",
        "query pair_counts $split $subset $by_classification",
    ]


NOTE = "note: these are to start with; irdb list WORD, --topic or --all list more; topics: audit ("


def test_a_table_lists_what_to_start_with_and_the_topics(run_cli: RunCli, db: ImageRewardDB) -> None:
    code, out, err = run_cli("list")
    names = [line.split("│")[2].strip() for line in out.splitlines() if line.startswith("│")][2:]
    assert code == 0
    assert {"images", "preference_pairs", "pairs", "totals", "audit"} <= {*names}
    assert len(names) < 25
    assert err.startswith(NOTE)
    code, out, err = run_cli("list", "--all")
    assert (code, err) == (0, "")
    assert f"{db.catalog().height} rows" in out


def test_words_kinds_and_topics_choose_names(run_cli: RunCli) -> None:
    code, out, err = run_cli("list", "Skips", "rank", "--kind", "macro", "--format", "csv")
    assert (code, err) == (0, "")
    assert (
        out
        == 'kind,name,summary\nmacro,skipped_ranks,"One row per prompt that skips a rank, or has no image at rank 1."\n'
    )
    code, out, _ = run_cli("list", "--topic", "numbers", "--kind", "macro", "--format", "csv")
    assert "macro,tau_b," in out
    assert "pair_counts" not in out
    code, out, _ = run_cli("list", "Agree", "--kind", "macro", "--format", "csv")  # a word that many notes have, too
    assert [row["name"] for row in csv.DictReader(out.splitlines()) if "agree" not in str(row).lower()] == []
    assert run_cli("list", "only_first", "--kind", "macro", "--format", "csv")[1].startswith(
        "kind,name,summary\nmacro,scorer_verdicts,"  # a column
    )
    assert run_cli("list", "imagez", "--format", "csv") == (
        0,
        "kind,name,summary\n",
        "note: nothing matches; did you mean 'images'?\n",
    )
    code, _, err = run_cli("list", "--topic", "nope")
    assert (code, err.split("\n")[0]) == (2, "error: --topic cannot be 'nope'")


def test_own_queries_are_listed_shown_and_asked(run_cli: RunCli, data: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "worst.sql").write_text(
        "-- Which images have a rank?\nSELECT image_path FROM images WHERE rank = $rank::INTEGER ORDER BY 1\n"
    )
    answer = (0, "image_path\nimages/test/test_1/a.webp\n", "")
    words: list[str | Path] = ["--data", data, "--param", "rank=1", "--format", "csv"]
    assert run_cli("query", "worst", "--queries", own, *words) == answer
    assert run_cli("query", own / "worst.sql", *words) == answer
    assert "which images have a rank" in run_cli("list", "worst", "--queries", own)[1].lower()
    assert run_cli("show", "worst", "--queries", own)[1].startswith(
        "query worst $rank\n\n  Which images have a rank?\n"
    )
    (own / "worst.sql").write_text("SELECT * FROM read_csv('/etc/passwd')")
    commands: list[list[str | Path]] = [["query", own / "worst.sql"], ["list", "--queries", own]]
    for command in commands:
        code, out, err = run_cli(*command)
        assert (code, out) == (1, "")
        assert "a safe session refuses the function 'read_csv'" in err


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("query skip", ["skipped_ranks"]),
        ("show preference", ["preference_pairs"]),
        ("query pairs --param min", ["min_rank_gap="]),
        ("sql x --split t", ["train", "test"]),
        ("report sc", ["scorers"]),
        ("check", ["check-split"]),
    ],
)
def test_a_shell_completes_names(start_cli: RunCli, typed: str, expected: list[str]) -> None:
    words = f"irdb {typed}"
    environment = {"_IRDB_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    code, out, _ = start_cli(env=environment)
    assert (code, out.split()) == (0, [f"plain,{name}" for name in expected])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_set_up_of_completion_is_printed(run_cli: RunCli, shell: str) -> None:
    code, out, err = run_cli("completion", shell)
    assert (code, err) == (0, "")
    assert f"_IRDB_COMPLETE={shell}_complete" in out
    assert run_cli("completion", "tcsh")[0] == 2


def test_a_page_breaks_between_words_on_a_terminal() -> None:
    code, seen = on_a_terminal("show", "skipped_ranks", columns=50)
    page, _, sql = seen.partition("SQL:")
    assert code == 0
    assert max(map(len, page.splitlines())) <= 50
    assert max(map(len, sql.splitlines())) > 50

"""What the shell completes: only words that can follow what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from irdb_sql.cli.shell.interpreter import COMMANDS
from irdb_sql.core import catalog
from irdb_sql.engine.completion import Completer

if TYPE_CHECKING:
    from collections.abc import Sequence

CLASSES = ["Arts", "Indoor Scenes", "O'Hara"]


@pytest.fixture(scope="module")
def completer() -> Completer:
    return Completer(catalog.load(), lambda: CLASSES, COMMANDS)


def texts(completer: Completer, typed: str) -> list[str]:
    return [completion.text for completion in completer.complete(typed)]


def test_behind_from_and_join_are_tables_and_nothing_else(completer: Completer) -> None:
    files = catalog.load()
    tables = {*files.views, *(f"{name}(" for name, file in files.macros.items() if file.is_table)}
    for typed in ("FROM ", "SELECT 1 FROM ", "from images join ", "FROM images, ", "DESCRIBE ", "FROM pair_counts(), ", "-- x\nFROM\n"):  # fmt: skip
        assert {*texts(completer, typed)} == tables, typed
    assert texts(completer, "FROM pair_c") == ["pair_counts("]
    assert texts(completer, "FROM TAU") == []  # a value, and no table


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("FROM preference_pairs(in_split := 't", ["'test'", "'train'"]),
        ("FROM images WHERE split = '", ["'test'", "'train'", "'validation'"]),
        ("FROM images WHERE split IN ('test', 'v", ["'validation'"]),
        ("FROM images WHERE classification = '", ["'Arts'", "'Indoor Scenes'", "'O''Hara'"]),
        ("FROM images WHERE classification = 'in", ["'Indoor Scenes'"]),
        ("FROM subset_images('1", ["'1k'"]),
        ("FROM image_ratings(in_subset => '", ["'1k'", "'2k'", "'4k'", "'8k'"]),
        ("FROM ratings WHERE kind = 'a", ["'alignment'"]),
        ("SELECT 'it''s ", []),
        ("SELECT 'it' -- '", []),
    ],
)
def test_a_quote_completes_splits_subsets_and_classes(
    completer: Completer, typed: str, expected: Sequence[str]
) -> None:
    assert texts(completer, typed) == expected


def test_parentheses_complete_the_arguments_of_their_macro(completer: Completer) -> None:
    every = ["in_split := ", "in_subset := ", "keep_ties := ", "min_rank_gap := "]
    assert texts(completer, "FROM preference_pairs(") == every
    assert texts(completer, "FROM preference_pairs(in_split := 'test', ") == [every[1], *every[2:]]
    assert texts(completer, "FROM preference_pairs(keep") == ["keep_ties := "]
    assert texts(completer, "FROM preference_pairs(keep_ties := ") == ["false", "true"]
    assert texts(completer, "FROM preference_pairs(in_split := ") == ["'test'", "'train'", "'validation'"]
    assert texts(completer, "FROM pair_counts(by") == ["by_classification := "]
    assert "in_split := " not in texts(completer, "SELECT count(")
    assert "in_split := " not in texts(completer, "FROM preference_pairs() WHERE ")


def test_elsewhere_are_keywords_columns_and_macros_that_are_values(completer: Completer) -> None:
    words = {completion.text: completion.kind for completion in completer.complete("SELECT ")}
    assert words["FROM"] == "keyword"
    assert words["rank_gap"] == "column"
    assert words["tau_b("] == "macro"
    assert "preference_pairs(" not in words
    assert "rank_gaps" not in words
    assert completer.complete("SELECT spl")[0] == ("split", "column", 3)


def test_commands_complete_what_they_take(completer: Completer) -> None:
    assert texts(completer, "\\t") == ["\\timing"]
    assert texts(completer, "\\d rank_c") == ["rank_counts"]
    assert texts(completer, "\\run rank") == ["rank_gaps"]
    assert texts(completer, "\\run pairs spl") == ["split="]


@pytest.mark.parametrize(
    "typed", ["", " ", "\\", "'", '"', "(", ")", ",", ":=", "FROM (", "x(y := ", "\\run nope ", "--", "/*"]
)
def test_nothing_that_is_typed_fails(completer: Completer, typed: str) -> None:
    assert isinstance(completer.complete(typed), list)

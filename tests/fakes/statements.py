"""Statements for Hypothesis, of every construct that a statement of one's own may have on Apache Spark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

KINDS = ("text", "whole", "fraction", "truth")
FORMS: dict[str, list[str]] = {
    "text": [
        "'a'", "''", "' x '", "'É'", "'05'", "'${A:b}'", "'it''s'", "lower({text})", "trim({text})", "left({text}, 3)",
        "{text} || {text}", "{text} || {whole}", "concat({text}, {whole}, {truth}, NULL)", "concat_ws(',', {text}, {whole})",
        "coalesce({text}, {text})", "nullif({text}, {text})", "CASE WHEN {truth} THEN {text} END", "if({truth}, {text}, {text})",
        "CASE {same} WHEN {same} THEN {text} ELSE {text} END", "replace({text}, 'a', {text})", "replace({text}, ' ', '')",
        "split_part({text}, '/', 2)", "split_part({text}, ' ', 1)", "md5({text})", "regexp_extract({text}, '[a-z]+')",
        "regexp_extract({text}, '[^a]')", "regexp_replace({text}, '[ ]+', '-', 'g')", "greatest({text}, {text})",
        "least({text}, {text})", "CAST({whole} AS VARCHAR)", "CAST({truth} AS VARCHAR)", "format('{:,}', {whole})",
        "normal_text({text})", "split_name({text})", "diffusiondb_archive({text})",
    ],
    "whole": [
        "0", "1", "2", "100", "({whole} + {whole})", "({whole} - {whole})", "({whole} * 3)", "({whole} // 2)", "({whole} // -3)",
        "({whole} % 2)", "abs({whole})", "-{whole}", "length({text})", "coalesce({whole}, {whole})", "nullif({whole}, {whole})",
        "CASE WHEN {truth} THEN {whole} ELSE {whole} END", "greatest({whole}, {whole})", "least({whole}, {whole})",
        "CAST({whole} AS BIGINT)", "pair_count({whole})", "rating_of_kind('overall', {whole}, 1, 2)",
    ],
    "fraction": [
        "2.5", "1e-1", "CAST({whole} AS DOUBLE)", "CAST('NaN' AS DOUBLE)", "CAST('Infinity' AS DOUBLE)", "({whole} / 2)", "({whole} / -3)",
        "({fraction} + {whole})", "({fraction} - {fraction})", "({fraction} * {fraction})", "abs({fraction})", "-{fraction}",
        "coalesce({fraction}, {whole})", "nullif({fraction}, {fraction})", "greatest({fraction}, {whole})", "least({fraction}, {fraction})",
        "CASE WHEN {truth} THEN {whole} ELSE {fraction} END", "wilson_lower({whole}, 7)", "plain_draw(3, {text})",
    ],
    "truth": [
        "TRUE", "({same} = {same})", "({same} <> {same})", "({same} < {same})", "({same} >= {same})", "({truth} AND {truth})",
        "({truth} OR {truth})", "(NOT {truth})", "({same} IS NULL)", "({same} IS NOT NULL)", "({same} BETWEEN {same} AND {same})",
        "({same} IN ({same}, {same}))", "({same} NOT IN ({same}, {same}))", "({same} IS NOT DISTINCT FROM {same})", "contains({text}, {text})",
        "regexp_matches({text}, '^[a-z]')", "regexp_matches({text}, '[0-9]+$')", "isnan({fraction})", "isinf({fraction})", "isfinite({fraction})",
        "({fraction} < {whole})", "({whole} = {fraction})",
    ],
    "total": [
        "count(*)", "count({same})", "count(DISTINCT {same})", "min({same})", "max({same})", "sum({whole})", "sum(abs({fraction}))",
        "stddev_samp({whole})", "share({truth})", "exact_mean({whole})", "count(*) FILTER (WHERE {truth})", "sum({whole}) FILTER ({truth})",
        "list({same} ORDER BY {key})", "float_mean(abs({fraction}))",
    ],
    "rank": ["rank()", "dense_rank()", "row_number()", "count(*)", "sum({whole})", "min({same})"],
    "statement": [
        "SELECT {text} AS a, {whole} AS b, {fraction} AS c, {truth} AS d FROM {rows}",
        "SELECT {text} AS a, {same} AS b FROM {rows} WHERE {truth}",
        "SELECT {same} AS a, {total} AS b, {total} AS c FROM {rows} GROUP BY 1",
        "SELECT {text} AS a, {truth} AS b, {total} AS c FROM {rows} WHERE {truth} GROUP BY ALL HAVING count(*) > 1",
        "SELECT {total} AS a, {total} AS b, (SELECT count(*) FROM prompts) AS c FROM {rows}",
        "SELECT DISTINCT {same} AS a, {truth} AS b FROM {rows}",
        "SELECT {same} AS a FROM {rows} UNION SELECT {same} FROM {rows}",
        "SELECT {same} AS a FROM {rows} UNION ALL SELECT {same} FROM {rows} WHERE {truth}",
        "SELECT {key} AS a, {rank} OVER (PARTITION BY {text} ORDER BY {same}, {key}) AS b FROM {rows}",
        "SELECT {key} AS a, row_number() OVER (ORDER BY {same} DESC, {key}) AS b FROM {rows}",
        "SELECT {key} AS a, {whole} AS b FROM {rows} ORDER BY {same} DESC, {key} LIMIT 5",
        "WITH t AS (SELECT {same} AS a, {truth} AS b FROM {rows}) SELECT a, count(*) AS n, max(b) AS m FROM t GROUP BY a HAVING n > 0",
        "SELECT i.rank, p.ranks FROM images AS i LEFT JOIN prompts AS p ON i.prompt_id = p.prompt_id AND i.rank >= p.best_rank",
        "SELECT prompt_id, rank FROM images AS i SEMI JOIN (SELECT {whole} AS n FROM {rows}) AS t ON t.n = i.rank",
        "SELECT prompt_id, rank FROM images AS i ANTI JOIN (SELECT {text} AS n FROM {rows}) AS t ON t.n = i.prompt",
        "SELECT x.b AS a, unnest([{same}, {same}]) AS c, unnest([{whole}]) AS d FROM (VALUES (1, 'x'), (2, NULL)) AS x(a, b), (SELECT * FROM {rows}) AS y",
    ],
}  # fmt: skip
"""How an expression or statement may be written; `{same}` is of one kind wherever it stands in a form."""

ROWS: dict[str, dict[str, list[str]]] = {
    "images": {
        "text": ["prompt", "prompt_id", "image_path", "classification", "split"],
        "whole": ["rank", "overall_rating", "fidelity_rating", "part"],
        "key": ["row_index"],
    },
    "prompts": {"text": ["prompt", "prompt_id", "split"], "whole": ["images", "pairs", "best_rank", "ranks"], "key": ["first_row"]},
    "preference_pairs(keep_ties => TRUE)": {
        "text": ["prompt_id", "better_path", "worse_path"],
        "whole": ["rank_gap", "better_rank"],
        "key": ["(better_row * 1000 + worse_row)"],
    },
}  # fmt: skip
"""What is read, its columns, and what tells its rows apart."""


_PLACE = re.compile(r"\{([a-z]+)\}")


@st.composite
def statements(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """A statement that reads a view or macro."""
    random = draw(st.randoms(use_true_random=False))
    rows = random.choice(list(ROWS))
    return _written(random, rows, "statement", 3)


def _written(random: Random, rows: str, kind: str, depth: int) -> str:
    columns = ROWS[rows].get(kind, [])
    if kind == "rows":
        return rows
    if columns and (kind not in FORMS or depth <= 0 or random.random() < 0.3):
        return random.choice(columns)
    forms = FORMS[kind] if depth > 0 else [form for form in FORMS[kind] if set(_PLACE.findall(form)) <= {"whole"}]
    form = random.choice(forms)
    same = random.choice(KINDS)

    def filled(place: re.Match[str]) -> str:
        return _written(random, rows, same if place[1] == "same" else place[1], depth - 1)

    return _PLACE.sub(filled, form)

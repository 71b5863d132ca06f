"""Datasets for Hypothesis: prompts with ties, gaps, missing ranks and ratings, repeated rows and hostile text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

Row = dict[str, Any]

hostile_text = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "'; DROP TABLE images; --",
            "<script>alert(1)</script>",
            "| a | b |",
            "{{ 7 * 7 }}",
            "a\nb\r\nc",
            "\x1b[31m",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
)
ranks = st.one_of(st.none(), st.integers(1, 5), st.sampled_from([-128, 0, 9, 127]))
ratings = st.one_of(st.none(), st.integers(1, 7), st.sampled_from([-3, 0, 8]))


@st.composite
def datasets(draw: Callable[[st.SearchStrategy[Any]], Any], *, published: bool = False) -> list[Row]:
    """Rows of some prompts; a prompt id may stand in several splits, and a row may stand twice.

    As published, a prompt's rows stand side by side; otherwise in any order.
    """
    rows: list[Row] = []
    names = draw(
        st.lists(st.tuples(st.sampled_from(["train", "validation", "test"]), hostile_text), max_size=6, unique=True)
    )
    for split, prompt_id in names:
        prompt = draw(hostile_text)
        classification = draw(st.one_of(st.none(), st.sampled_from(["People", "Arts", "<b>"])))
        part = draw(st.integers(1, 40))
        images = draw(st.lists(st.tuples(ranks, ratings, ratings, ratings), min_size=1, max_size=9))
        for number, (rank, overall, alignment, fidelity) in enumerate(images):
            name = draw(st.sampled_from(["a", "b", str(number)]))
            rows.append(
                {
                    "image_path": f"images/{split}/{split}_{part}/{name}.webp",
                    "prompt_id": prompt_id,
                    "prompt": prompt,
                    "classification": classification,
                    "image_amount_in_total": len(images),
                    "rank": rank,
                    "overall_rating": overall,
                    "image_text_alignment_rating": alignment,
                    "fidelity_rating": fidelity,
                    "split": split,
                }
            )
    if published:
        return rows
    if rows:
        rows += draw(st.lists(st.sampled_from(rows), max_size=3))
    draw(st.randoms(use_true_random=False)).shuffle(rows)
    return rows


@st.composite
def scores_of(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Callable[[list[Row]], dict[str, float]]:
    """A function that gives images scores: with many ties or with few, and none for some images."""
    values = draw(
        st.sampled_from(
            [
                st.sampled_from([-1.0, 0.0, 0.25, 1.0]),
                st.floats(allow_nan=False, allow_infinity=False, width=32),
                st.just(0.0),
            ]
        )
    )
    keeps_all = draw(st.booleans())

    def scores(rows: list[Row]) -> dict[str, float]:
        paths = sorted({row["image_path"] for row in rows})
        return {path: draw(values) for path in paths if keeps_all or draw(st.booleans())}

    return scores

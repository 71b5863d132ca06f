-- name: prompt_draws
-- A number from 0 to below 1 for each prompt, drawn by its text, the same on every machine and whatever else is chosen.
-- Prompts whose normal text is the same get the same draw, in every split, so that two ranges of draws that do not meet share
-- no prompt and no text. A prompt without text draws by its prompt_id, one of several texts by the smallest.
-- Stratified, draws are spread evenly over the chosen prompts of each split and classification: the k-th of n texts in the
-- order of plain draws gets (k - 1 + u) / n, with one u for each classification, drawn likewise by its name. So a range takes
-- its share of each, to within one text; texts that stand in two splits may get two draws.
-- param in_split: train, validation or test; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param seed: another seed makes other draws
-- param stratified: spread draws evenly over each classification
-- returns: split, prompt_id, draw
-- reads: subset_images, normal_text, plain_draw
CREATE OR REPLACE MACRO prompt_draws(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    seed BIGINT := 0,
    stratified BOOLEAN := FALSE
) AS TABLE
    WITH prompts AS (
        SELECT
            split,
            prompt_id,
            coalesce(nullif(min(normal_text(prompt)), ''), prompt_id) AS drawn_text,
            min(classification) AS classification
        FROM subset_images(in_subset, in_split)
        GROUP BY split, prompt_id
    ),

    drawn AS (
        SELECT
            *,
            plain_draw(seed, drawn_text) AS own_draw,
            min(classification) OVER (PARTITION BY split, drawn_text) AS stratum
        FROM prompts
    ),

    placed AS (
        SELECT
            *,
            dense_rank() OVER (PARTITION BY split, stratum ORDER BY own_draw, drawn_text) AS place
        FROM drawn
    )

    SELECT
        split,
        prompt_id,
        CASE
            WHEN stratified
                THEN
                    (cast(place - 1 AS DOUBLE) + plain_draw(seed, stratum))
                    / max(place) OVER (PARTITION BY split, stratum)
            ELSE own_draw
        END AS draw
    FROM placed

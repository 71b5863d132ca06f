-- name: prompt_draws
-- One row per prompt with its draw, a number from 0 to below 1 that decides which samples it is in.
-- The draw is the hash_uniform of the prompt's normal_text: the same on every machine, in every subset and every split. So two
-- ranges of draws that do not overlap share no prompt and no text. A prompt without text is hashed by its prompt_id, one with
-- several texts by the smallest. Stratified draws are spread evenly over the selected prompts of each split and classification: the
-- k-th of n texts, in the order of their hashes, gets (k - 1 + u) / n, where u is the hash_uniform of the classification. A range of
-- them has its share of each classification, to within one text; a text that occurs in two splits may get two draws.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param seed: a whole number; another one gives other draws
-- param stratified: whether to sample the same share of each classification
-- returns: split VARCHAR, prompt_id VARCHAR, draw DOUBLE
-- reads: subset_images, normal_text, hash_uniform
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
            coalesce(nullif(min(normal_text(prompt)), ''), prompt_id) AS hashed_text,
            min(classification) AS classification
        FROM subset_images(in_subset, in_split)
        GROUP BY split, prompt_id
    ),

    hashed AS (
        SELECT
            *,
            hash_uniform(seed, hashed_text) AS text_draw,
            min(classification) OVER (PARTITION BY split, hashed_text) AS stratum
        FROM prompts
    ),

    ordered AS (
        SELECT
            *,
            dense_rank() OVER (PARTITION BY split, stratum ORDER BY text_draw, hashed_text) AS text_rank
        FROM hashed
    )

    SELECT
        split,
        prompt_id,
        CASE
            WHEN stratified
                THEN
                    (cast(text_rank - 1 AS DOUBLE) + hash_uniform(seed, stratum))
                    / max(text_rank) OVER (PARTITION BY split, stratum)
            ELSE text_draw
        END AS draw
    FROM ordered

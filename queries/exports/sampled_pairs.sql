-- name: sampled_pairs
-- Pairs of sampled prompts, at most per_prompt of each prompt.
-- Which pairs of a prompt are kept is decided by md5('seed:better_path:worse_path'), the same on every machine. is_first_better is
-- true if the better image comes before the worse one in the source; prompt_pairs is the number of kept pairs of the prompt;
-- first_row and second_row are the row_index of the two images, the smaller one first, and prompt_row that of the prompt's first
-- image.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param from_draw: keep prompts whose draw (see prompt_draws) is at least this; NULL counts as 0
-- param to_draw: keep prompts whose draw is below this; NULL counts as 1
-- param seed: a whole number; another one gives other draws
-- param stratified: whether to sample the same share of each classification
-- param keep_ties: also tied pairs
-- param min_rank_gap: smallest difference in rank that makes a strict pair; 1 or less takes every strict pair
-- param per_prompt: largest number of pairs of a prompt; NULL takes all
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, better_path VARCHAR, worse_path VARCHAR, rank_gap SMALLINT, is_first_better BOOLEAN, prompt_pairs BIGINT, first_row BIGINT, second_row BIGINT, prompt_row BIGINT
-- important: prompt, better_path, worse_path, rank_gap, split
-- reads: preference_pairs, sampled_images
CREATE OR REPLACE MACRO sampled_pairs(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    from_draw DOUBLE := 0,
    to_draw DOUBLE := 1,
    seed BIGINT := 0,
    stratified BOOLEAN := FALSE,
    keep_ties BOOLEAN := FALSE,
    min_rank_gap INTEGER := 1,
    per_prompt BIGINT := NULL
) AS TABLE
    WITH prompts AS (
        SELECT
            split,
            prompt_id,
            min(row_index) AS prompt_row
        FROM sampled_images(in_split, in_subset, from_draw, to_draw, seed, stratified)
        GROUP BY split, prompt_id
    ),

    pairs AS (
        SELECT
            pairs.*,
            prompts.prompt_row,
            md5(concat(coalesce(seed, 0), ':', pairs.better_path, ':', pairs.worse_path)) AS pair_draw
        FROM preference_pairs(in_split, in_subset, keep_ties, min_rank_gap) AS pairs
        INNER JOIN prompts ON pairs.split = prompts.split AND pairs.prompt_id = prompts.prompt_id
    ),

    numbered AS (
        SELECT
            *,
            row_number() OVER (PARTITION BY split, prompt_id ORDER BY pair_draw, better_row, worse_row) AS pair_number
        FROM pairs
        WHERE per_prompt IS NOT NULL
    ),

    kept AS (
        SELECT
            *,
            0 AS pair_number
        FROM pairs
        WHERE per_prompt IS NULL
        UNION ALL
        SELECT *
        FROM numbered
        WHERE pair_number <= per_prompt
    )

    SELECT
        split,
        prompt_id,
        prompt,
        classification,
        better_path,
        worse_path,
        rank_gap,
        better_row < worse_row AS is_first_better,
        count(*) OVER (PARTITION BY prompt_row) AS prompt_pairs,
        least(better_row, worse_row) AS first_row,
        greatest(better_row, worse_row) AS second_row,
        prompt_row
    FROM kept

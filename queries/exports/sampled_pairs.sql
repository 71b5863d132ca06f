-- name: sampled_pairs
-- Pairs of sampled prompts, at most so many a prompt, with what trainers weigh them by.
-- Which pairs of a prompt are kept is drawn by md5 of seed:better_path:worse_path, the same on every machine.
-- is_first_better says whether the better image stands before the worse one in the source; prompt_pairs is the number of
-- the prompt's pairs that are kept; first_row and second_row are the row_index of the two images, the earlier one first, and
-- prompt_row that of the prompt's first image.
-- param in_split: train, validation or test; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param from_draw: begin of the range of draws; NULL is 0
-- param to_draw: end of the range, which is left out; NULL is 1
-- param seed: another seed makes other draws
-- param stratified: spread draws evenly over each classification
-- param keep_ties: also pairs of images that share a rank
-- param min_rank_gap: smallest difference in rank that makes a strict pair; 1 or less takes every strict pair
-- param per_prompt: pairs of a prompt at most; NULL takes all
-- returns: split, prompt_id, prompt, classification, better_path, worse_path, rank_gap, is_first_better, prompt_pairs, first_row, second_row, prompt_row
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

    placed AS (
        SELECT
            *,
            row_number() OVER (PARTITION BY split, prompt_id ORDER BY pair_draw, better_row, worse_row) AS place
        FROM pairs
        WHERE per_prompt IS NOT NULL
    ),

    kept AS (
        SELECT
            *,
            0 AS place
        FROM pairs
        WHERE per_prompt IS NULL
        UNION ALL
        SELECT *
        FROM placed
        WHERE place <= per_prompt
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

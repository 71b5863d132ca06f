-- name: miscounted_pairs
-- One row per prompt with more or fewer pairs in preference_pairs, ties included, than its number of ranked images makes.
-- The numbers are equal by definition; they differ where the engine loses rows, such as by wrong statistics of a file.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, counted_pairs BIGINT, expanded_pairs BIGINT, first_row BIGINT
-- reads: rank_counts, pair_count, preference_pairs
-- query: miscounted_pairs
-- question: Which prompts have more or fewer pairs than their ranked images make?
-- order: first_row
CREATE OR REPLACE MACRO miscounted_pairs(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH counted AS (
        SELECT
            split,
            prompt_id,
            pair_count(coalesce(sum(images) FILTER (WHERE rank IS NOT NULL), 0)) AS counted_pairs,
            min(first_row) AS first_row
        FROM rank_counts(in_split, in_subset)
        GROUP BY split, prompt_id
    ),

    expanded AS (
        SELECT
            split,
            prompt_id,
            count(*) AS expanded_pairs,
            min(better_row) AS first_row
        FROM preference_pairs(in_split, in_subset, keep_ties := TRUE)
        WHERE rank_gap IS NOT NULL
        GROUP BY split, prompt_id
    )

    SELECT
        coalesce(counted.split, expanded.split) AS split,
        coalesce(counted.prompt_id, expanded.prompt_id) AS prompt_id,
        cast(coalesce(counted.counted_pairs, 0) AS BIGINT) AS counted_pairs,
        coalesce(expanded.expanded_pairs, 0) AS expanded_pairs,
        coalesce(counted.first_row, expanded.first_row) AS first_row
    FROM counted
    FULL JOIN expanded ON counted.split = expanded.split AND counted.prompt_id = expanded.prompt_id
    WHERE coalesce(counted.counted_pairs, 0) <> coalesce(expanded.expanded_pairs, 0)

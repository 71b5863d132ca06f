-- name: subset_sizes
-- How many prompts, images and pairs does each published subset have?
-- returns: subset, split, prompts, images, ranked_images, pairs, strict_pairs, tied_pairs
-- reads: pair_counts
-- source: dataset card of ImageRewardDB
WITH subset_rows AS (
    SELECT
        '1k' AS subset,
        *
    FROM pair_counts(in_subset := '1k')
    UNION ALL
    SELECT
        '2k' AS subset,
        *
    FROM pair_counts(in_subset := '2k')
    UNION ALL
    SELECT
        '4k' AS subset,
        *
    FROM pair_counts(in_subset := '4k')
    UNION ALL
    SELECT
        '8k' AS subset,
        *
    FROM pair_counts(in_subset := '8k')
)

SELECT
    subset,
    split,
    prompts,
    images,
    ranked_images,
    pairs,
    strict_pairs,
    tied_pairs
FROM subset_rows
ORDER BY subset, split

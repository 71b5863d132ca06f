-- name: subset_sizes
-- How many prompts, images and pairs does each published subset have?
-- returns: subset, split, prompts, images, ranked_images, pairs, strict_pairs, tied_pairs
-- reads: images, subset_parts, pair_count
-- source: dataset card of ImageRewardDB
WITH subsets AS (
    SELECT unnest(['1k', '2k', '4k', '8k']) AS subset
),

-- Counted before subsets are joined, as most images are in several.
part_ranks AS (
    SELECT
        split,
        prompt_id,
        part,
        rank,
        count(*) AS images
    FROM images
    GROUP BY split, prompt_id, part, rank
),

subset_ranks AS (
    SELECT
        subsets.subset,
        part_ranks.split,
        part_ranks.prompt_id,
        part_ranks.rank,
        cast(sum(part_ranks.images) AS BIGINT) AS images
    FROM part_ranks
    CROSS JOIN subsets
    WHERE
        part_ranks.split <> 'train'
        OR coalesce(part_ranks.part, subset_parts('8k')) <= subset_parts(subsets.subset)
    GROUP BY subsets.subset, part_ranks.split, part_ranks.prompt_id, part_ranks.rank
),

subset_prompts AS (
    SELECT
        subset,
        split,
        sum(images) AS images,
        coalesce(sum(images) FILTER (WHERE rank IS NOT NULL), 0) AS ranked_images,
        coalesce(sum(pair_count(images)) FILTER (WHERE rank IS NOT NULL), 0) AS tied_pairs
    FROM subset_ranks
    GROUP BY subset, split, prompt_id
),

split_sums AS (
    SELECT
        subset,
        split,
        count(*) AS prompts,
        cast(sum(images) AS BIGINT) AS images,
        cast(sum(ranked_images) AS BIGINT) AS ranked_images,
        cast(sum(pair_count(cast(ranked_images AS BIGINT))) AS BIGINT) AS pairs,
        cast(sum(tied_pairs) AS BIGINT) AS tied_pairs
    FROM subset_prompts
    GROUP BY subset, split
)

SELECT
    subset,
    split,
    prompts,
    images,
    ranked_images,
    pairs,
    pairs - tied_pairs AS strict_pairs,
    tied_pairs
FROM split_sums
ORDER BY subset, split

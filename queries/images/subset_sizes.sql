-- name: subset_sizes
-- How many prompts, images and pairs does each published subset have?
-- returns: subset, split, prompts, images, ranked_images, pairs, strict_pairs, tied_pairs
-- reads: images, subset_parts, pair_count, voted_pairs
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

prompt_rows AS (
    SELECT
        subset,
        split,
        1 AS prompts,
        images,
        ranked_images,
        pair_count(cast(ranked_images AS BIGINT)) AS pairs,
        tied_pairs
    FROM subset_prompts
    UNION ALL
    SELECT
        subsets.subset,
        voted_pairs.split,
        0 AS prompts,
        0 AS images,
        0 AS ranked_images,
        1 AS pairs,
        CASE WHEN voted_pairs.is_tied THEN 1 ELSE 0 END AS tied_pairs
    FROM voted_pairs
    CROSS JOIN subsets
    WHERE
        voted_pairs.split <> 'train'
        OR coalesce(voted_pairs.part, subset_parts('8k')) <= subset_parts(subsets.subset)
),

split_sums AS (
    SELECT
        subset,
        split,
        cast(sum(prompts) AS BIGINT) AS prompts,
        cast(sum(images) AS BIGINT) AS images,
        cast(sum(ranked_images) AS BIGINT) AS ranked_images,
        cast(sum(pairs) AS BIGINT) AS pairs,
        cast(sum(tied_pairs) AS BIGINT) AS tied_pairs
    FROM prompt_rows
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

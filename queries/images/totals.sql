-- name: totals
-- How many prompts, images, pairs and ratings are there in all?
-- rated_images have at least one rating, classified_images a classification;
-- rows_left_out have no image_path or no prompt_id, images_left_out have no good file where only those were asked for;
-- both count nowhere else, also not by split or subset.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: prompts, images, ranked_images, rated_images, classified_images, pairs, strict_pairs, tied_pairs, rows_left_out, images_left_out
-- reads: pair_counts, subset_images, metadata, left_out_images
WITH counted AS (
    SELECT
        cast(coalesce(sum(prompts), 0) AS BIGINT) AS prompts,
        cast(coalesce(sum(pairs), 0) AS BIGINT) AS pairs,
        cast(coalesce(sum(strict_pairs), 0) AS BIGINT) AS strict_pairs,
        cast(coalesce(sum(tied_pairs), 0) AS BIGINT) AS tied_pairs
    FROM pair_counts($split::VARCHAR, $subset::VARCHAR)
),

image_counts AS (
    SELECT
        count(*) AS images,
        count(rank) AS ranked_images,
        count(coalesce(overall_rating, image_text_alignment_rating, fidelity_rating)) AS rated_images,
        count(classification) AS classified_images
    FROM subset_images($subset::VARCHAR, $split::VARCHAR)
),

left_out AS (
    SELECT count(*) AS rows_left_out
    FROM metadata
    WHERE image_path IS NULL OR prompt_id IS NULL
),

bad AS (
    SELECT count(*) AS images_left_out
    FROM left_out_images
)

SELECT
    counted.prompts,
    image_counts.images,
    image_counts.ranked_images,
    image_counts.rated_images,
    image_counts.classified_images,
    counted.pairs,
    counted.strict_pairs,
    counted.tied_pairs,
    left_out.rows_left_out,
    bad.images_left_out
FROM counted
CROSS JOIN image_counts
CROSS JOIN left_out
CROSS JOIN bad
ORDER BY counted.prompts

-- name: totals
-- How many prompts, images, pairs and rated images are there in all?
-- rated_images have at least one rating, classified_images a classification. rows_left_out counts rows without image_path or
-- prompt_id, images_left_out images that the database was opened without (see left_out_images); both are the same for every split and
-- subset, and are in no other count.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: prompts, images, ranked_images, rated_images, classified_images, pairs, strict_pairs, tied_pairs, rows_left_out, images_left_out
-- important: prompts, images, ranked_images, strict_pairs, tied_pairs, rows_left_out, images_left_out
-- start with: yes
-- reads: pair_counts, subset_images, metadata, left_out_images
WITH prompt_sums AS (
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

row_exclusions AS (
    SELECT count(*) AS rows_left_out
    FROM metadata
    WHERE image_path IS NULL OR prompt_id IS NULL
),

image_exclusions AS (
    SELECT count(*) AS images_left_out
    FROM left_out_images
)

SELECT
    prompt_sums.prompts,
    image_counts.images,
    image_counts.ranked_images,
    image_counts.rated_images,
    image_counts.classified_images,
    prompt_sums.pairs,
    prompt_sums.strict_pairs,
    prompt_sums.tied_pairs,
    row_exclusions.rows_left_out,
    image_exclusions.images_left_out
FROM prompt_sums
CROSS JOIN image_counts
CROSS JOIN row_exclusions
CROSS JOIN image_exclusions
ORDER BY prompt_sums.prompts

-- name: wrong_ranks
-- Images with a rank below 1 or above the highest of the profile of the audit: 5, or the number of images of the prompt.
-- Their pairs count like all others.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, image_path VARCHAR, rank TINYINT, row_index BIGINT
-- reads: subset_images, audit_profile
-- source: dataset card of ImageRewardDB
-- query: wrong_ranks
-- question: Which images have a rank below 1 or above the highest possible one?
-- order: row_index
CREATE OR REPLACE MACRO wrong_ranks(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        images.split,
        images.prompt_id,
        images.prompt,
        images.image_path,
        images.rank,
        images.row_index
    FROM subset_images(in_subset, in_split) AS images
    CROSS JOIN audit_profile AS normal
    WHERE images.rank NOT BETWEEN 1 AND coalesce(normal.highest_rank, images.image_amount_in_total)

-- name: subset_images
-- Images of a published subset: the first parts of train, and validation and test whole.
-- An image of train whose path names no part belongs to 8k, the whole of train, and to no smaller subset; odd_paths lists them.
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- returns: image_path VARCHAR, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, image_amount_in_total TINYINT, rank TINYINT, overall_rating TINYINT, image_text_alignment_rating TINYINT, fidelity_rating TINYINT, split VARCHAR, part SMALLINT, image_id VARCHAR, row_index BIGINT, generator VARCHAR
-- reads: images, subset_parts, split_name
-- source: dataset card of ImageRewardDB, loading script
-- query: images
-- question: Which images are there, and how did people rank and rate them?
-- parameters: split, subset
-- order: row_index
CREATE OR REPLACE MACRO subset_images(
    in_subset VARCHAR := NULL,
    in_split VARCHAR := NULL
) AS TABLE
    -- Names are checked in a row of their own, so that unknown ones raise an error even if other filters leave no image to check.
    -- The filters themselves compare with constants, so that the engine skips what it need not read.
    WITH checked AS (
        SELECT
            split_name(in_split) AS split_names,
            subset_parts(in_subset) AS parts
    )

    SELECT images.*
    FROM images
    CROSS JOIN checked
    WHERE
        checked.split_names IS NOT DISTINCT FROM in_split
        AND checked.parts IS NOT DISTINCT FROM subset_parts(in_subset)
        AND (in_split IS NULL OR list_contains(string_split(split_name(in_split), ','), images.split))
        AND (
            in_subset IS NULL
            OR images.split <> 'train'
            OR coalesce(images.part, subset_parts('8k')) <= subset_parts(in_subset)
        )

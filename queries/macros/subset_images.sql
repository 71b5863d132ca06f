-- name: subset_images
-- Images of a published subset: the first parts of train, and validation and test whole.
-- Rows of train whose path names no part are in no subset but the NULL one.
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_split: train, validation or test; NULL takes every split
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating, split, part, image_id, row_index
-- reads: images, subset_parts, split_name
-- source: dataset card of ImageRewardDB, loading script
CREATE OR REPLACE MACRO subset_images(
    in_subset VARCHAR := NULL,
    in_split VARCHAR := NULL
) AS TABLE
    SELECT *
    FROM images
    WHERE
        (in_split IS NULL OR split = split_name(in_split))
        AND (
            in_subset IS NULL
            OR (subset_parts(in_subset) > 0 AND (split <> 'train' OR part <= subset_parts(in_subset)))
        )

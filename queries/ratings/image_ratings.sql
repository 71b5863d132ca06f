-- name: image_ratings
-- One row per image and kind of rating, three rows per image; a missing rating is NULL.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, image_path VARCHAR, kind VARCHAR, rating TINYINT, row_index BIGINT
-- reads: subset_images, rating_kinds, rating_of_kind
-- query: ratings
-- question: Which rating of each kind did each image get?
-- order: row_index, kind
CREATE OR REPLACE MACRO image_ratings(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        images.split,
        images.prompt_id,
        images.image_path,
        rating_kinds.kind,
        rating_of_kind(
            rating_kinds.kind, images.overall_rating, images.image_text_alignment_rating, images.fidelity_rating
        ) AS rating,
        images.row_index
    FROM subset_images(in_subset, in_split) AS images
    CROSS JOIN rating_kinds

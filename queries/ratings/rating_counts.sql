-- name: rating_counts
-- Number of images with each combination of the three ratings, by split, or by split and classification.
-- A missing rating is NULL and counts as a value of its own.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param by_classification: a row for each classification of a split; false leaves classification NULL
-- returns: split VARCHAR, classification VARCHAR, overall_rating TINYINT, image_text_alignment_rating TINYINT, fidelity_rating TINYINT, images BIGINT
-- reads: subset_images
-- query: rating_counts
-- question: How many images have each combination of the three ratings?
-- order: split, classification NULLS LAST, overall_rating NULLS LAST, image_text_alignment_rating NULLS LAST, fidelity_rating NULLS LAST
CREATE OR REPLACE MACRO rating_counts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    by_classification BOOLEAN := FALSE
) AS TABLE
    WITH image_rows AS (
        SELECT
            split,
            CASE WHEN by_classification THEN classification END AS group_classification,
            overall_rating,
            image_text_alignment_rating,
            fidelity_rating
        FROM subset_images(in_subset, in_split)
    )

    SELECT
        split,
        group_classification AS classification,
        overall_rating,
        image_text_alignment_rating,
        fidelity_rating,
        count(*) AS images
    FROM image_rows
    GROUP BY split, group_classification, overall_rating, image_text_alignment_rating, fidelity_rating

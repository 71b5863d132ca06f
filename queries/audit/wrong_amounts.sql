-- name: wrong_amounts
-- One row per prompt whose number of images differs from image_amount_in_total in any of its rows.
-- images counts all rows of the prompt that have an image_path, including left_out_images and images outside the subset; amounts is
-- the number of distinct values of image_amount_in_total. Rows without a value are not checked.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, images BIGINT, amounts BIGINT, least_amount TINYINT, greatest_amount TINYINT, first_row BIGINT
-- reads: metadata, subset_images
-- query: wrong_amounts
-- question: Which prompts have a number of images that differs from image_amount_in_total?
-- order: first_row
CREATE OR REPLACE MACRO wrong_amounts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH stated AS (
        SELECT
            split,
            prompt_id,
            min(prompt) AS prompt,
            count(*) AS images,
            count(DISTINCT image_amount_in_total) AS amounts,
            min(image_amount_in_total) AS least_amount,
            max(image_amount_in_total) AS greatest_amount,
            min(row_index) AS first_row
        FROM metadata
        WHERE image_path IS NOT NULL AND prompt_id IS NOT NULL
        GROUP BY split, prompt_id
    ),

    selected AS (
        SELECT DISTINCT
            split,
            prompt_id
        FROM subset_images(in_subset, in_split)
    )

    SELECT stated.*
    FROM stated
    INNER JOIN selected ON stated.split = selected.split AND stated.prompt_id = selected.prompt_id
    WHERE stated.least_amount <> stated.images OR stated.greatest_amount <> stated.images

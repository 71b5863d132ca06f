-- name: wrong_amounts
-- Prompts whose image_amount_in_total is not the number of their images, or not the same in all rows, one row a prompt.
-- images counts all rows of the prompt that name an image, also left_out_images and those outside the subset; amounts is the
-- number of different amounts that they state. Rows that state none are not judged.
-- param in_split: train, validation or test; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split, prompt_id, prompt, images, amounts, least_amount, greatest_amount, first_row
-- reads: metadata, subset_images
-- query: wrong_amounts
-- question: Which prompts have another number of images than image_amount_in_total says?
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

    asked AS (
        SELECT DISTINCT
            split,
            prompt_id
        FROM subset_images(in_subset, in_split)
    )

    SELECT stated.*
    FROM stated
    INNER JOIN asked ON stated.split = asked.split AND stated.prompt_id = asked.prompt_id
    WHERE stated.least_amount <> stated.images OR stated.greatest_amount <> stated.images

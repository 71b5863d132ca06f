-- name: repeated_images
-- One row per image path that occurs in more than one row.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: image_path VARCHAR, image_rows BIGINT, splits BIGINT, prompt_ids BIGINT, ranks BIGINT
-- reads: subset_images
-- query: repeated_images
-- question: Which image paths occur in more than one row?
-- note: Every row counts as an image: a repeated one is in a tied pair with its copy, and its other pairs are repeated, too.
-- order: image_rows DESC, image_path ASC
CREATE OR REPLACE MACRO repeated_images(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH repeated AS (
        SELECT image_path
        FROM subset_images(in_subset, in_split)
        GROUP BY image_path
        HAVING count(*) > 1
    )

    SELECT
        images.image_path,
        count(*) AS image_rows,
        count(DISTINCT images.split) AS splits,
        count(DISTINCT images.prompt_id) AS prompt_ids,
        count(DISTINCT images.rank) AS ranks
    FROM subset_images(in_subset, in_split) AS images
    INNER JOIN repeated ON images.image_path = repeated.image_path
    GROUP BY images.image_path

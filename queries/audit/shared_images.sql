-- name: shared_images
-- One row per image, identified by image_id, that occurs in more than one split.
-- train_images, validation_images and test_images count its rows in each split. A path without a file name identifies no image.
-- param in_split: train, validation or test, one of the splits that the image is in; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: image_id, splits, prompt_ids, train_images, validation_images, test_images
-- reads: subset_images, split_name
-- query: shared_images
-- question: Which images occur in more than one split?
-- order: image_id
CREATE OR REPLACE MACRO shared_images(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH identified AS (
        SELECT
            *,
            in_split IS NULL OR split = split_name(in_split) AS is_in_split
        FROM subset_images(in_subset)
        WHERE image_id <> ''
    )

    SELECT
        image_id,
        count(DISTINCT split) AS splits,
        count(DISTINCT prompt_id) AS prompt_ids,
        count(*) FILTER (WHERE split = 'train') AS train_images,
        count(*) FILTER (WHERE split = 'validation') AS validation_images,
        count(*) FILTER (WHERE split = 'test') AS test_images
    FROM identified
    GROUP BY image_id
    HAVING count(DISTINCT split) > 1 AND count(*) FILTER (WHERE is_in_split) > 0

-- name: misplaced_images
-- Images whose path names a different split than their row, or two splits.
-- Paths are images/{split}/{split}_{part}/{file}; path_split is the first split in it, folder_split the second. Paths of another
-- layout, as in ranking files, are not checked, nor are those that name no split in either place.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, image_path VARCHAR, path_split VARCHAR, folder_split VARCHAR, row_index BIGINT
-- reads: subset_images, plain_path
-- source: dataset card of ImageRewardDB
-- query: misplaced_images
-- question: Which images have a path that names a different split than their row, or two splits?
-- order: row_index
CREATE OR REPLACE MACRO misplaced_images(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH paths AS (
        SELECT
            *,
            split_part(plain_path(image_path), '/', 2) AS path_split,
            split_part(split_part(plain_path(image_path), '/', 3), '_', 1) AS folder_split
        FROM subset_images(in_subset, in_split)
        WHERE regexp_matches(plain_path(image_path), '^images/[^/]+/[^/_]+_[0-9]+/[^/]+$')
    )

    SELECT
        split,
        prompt_id,
        image_path,
        path_split,
        folder_split,
        row_index
    FROM paths
    WHERE
        (path_split IN ('train', 'validation', 'test') OR folder_split IN ('train', 'validation', 'test'))
        AND (path_split <> split OR folder_split <> split)

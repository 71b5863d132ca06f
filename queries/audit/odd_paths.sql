-- name: odd_paths
-- One row per image whose path is not as published, with what is odd about it.
-- oddity is no part (an image of train that is in no subset but 8k), backslashes, a dot at the start (both are read as if they were
-- not there), an absolute path, or parts that are empty or dots (the last two name no file).
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, image_path VARCHAR, oddity VARCHAR, row_index BIGINT
-- reads: subset_images, plain_path, audit_profile
-- query: odd_paths
-- question: Which image paths are not as published?
-- order: row_index
CREATE OR REPLACE MACRO odd_paths(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH judged AS (
        SELECT
            split,
            prompt_id,
            image_path,
            CASE
                WHEN regexp_matches(plain_path(image_path), '^(/|[A-Za-z]:)') THEN 'an absolute path'
                WHEN regexp_matches(plain_path(image_path), '(^|/)(\.{0,2})(/|$)') THEN 'parts that are empty or dots'
                WHEN contains(image_path, '\') THEN 'backslashes'
                WHEN left(image_path, 2) = './' THEN 'a dot at the start'
                WHEN normal.has_published_paths AND split = 'train' AND part IS NULL THEN 'no part'
            END AS oddity,
            row_index
        FROM subset_images(in_subset, in_split)
        CROSS JOIN audit_profile AS normal
    )

    SELECT
        split,
        prompt_id,
        image_path,
        oddity,
        row_index
    FROM judged
    WHERE oddity IS NOT NULL

-- name: wrong_ranks
-- Images with a rank below 1 or above 5.
-- Their pairs count like all others.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, image_path VARCHAR, rank TINYINT, row_index BIGINT
-- reads: subset_images
-- source: dataset card of ImageRewardDB
-- query: wrong_ranks
-- question: Which images have a rank below 1 or above 5?
-- order: row_index
CREATE OR REPLACE MACRO wrong_ranks(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        prompt_id,
        prompt,
        image_path,
        rank,
        row_index
    FROM subset_images(in_subset, in_split)
    WHERE rank NOT BETWEEN 1 AND 5

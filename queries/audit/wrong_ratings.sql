-- name: wrong_ratings
-- Ratings below 1 or above 7, one row per image and kind of rating.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, image_path VARCHAR, kind VARCHAR, rating TINYINT, row_index BIGINT
-- reads: image_ratings
-- source: dataset card of ImageRewardDB
-- query: wrong_ratings
-- question: Which ratings are below 1 or above 7?
-- order: row_index, kind
CREATE OR REPLACE MACRO wrong_ratings(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        prompt_id,
        image_path,
        kind,
        rating,
        row_index
    FROM image_ratings(in_split, in_subset)
    WHERE rating NOT BETWEEN 1 AND 7

-- name: rank_counts
-- One row per rank of a prompt with its number of images; rank is NULL for unranked images.
-- If rows of a prompt_id disagree on prompt, classification or part, the smallest is used. first_row is the smallest row_index.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, rank TINYINT, images BIGINT, part SMALLINT, prompt VARCHAR, classification VARCHAR, first_row BIGINT
-- reads: subset_images
CREATE OR REPLACE MACRO rank_counts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        prompt_id,
        rank,
        count(*) AS images,
        min(part) AS part,
        min(prompt) AS prompt,
        min(classification) AS classification,
        min(row_index) AS first_row
    FROM subset_images(in_subset, in_split)
    GROUP BY split, prompt_id, rank

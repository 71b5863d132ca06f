-- name: mixed_prompts
-- One row per prompt_id whose images have more than one prompt text, classification or part.
-- texts, classifications and parts count distinct values, without NULL.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, images BIGINT, texts BIGINT, classifications BIGINT, parts BIGINT, first_row BIGINT
-- reads: subset_images
-- query: mixed_prompts
-- question: Which prompts have images with different prompt texts, classifications or parts?
-- order: first_row
CREATE OR REPLACE MACRO mixed_prompts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        prompt_id,
        count(*) AS images,
        count(DISTINCT prompt) AS texts,
        count(DISTINCT classification) AS classifications,
        count(DISTINCT part) AS parts,
        min(row_index) AS first_row
    FROM subset_images(in_subset, in_split)
    GROUP BY split, prompt_id
    HAVING count(DISTINCT prompt) > 1 OR count(DISTINCT classification) > 1 OR count(DISTINCT part) > 1

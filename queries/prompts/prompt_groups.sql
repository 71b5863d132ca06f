-- name: prompt_groups
-- One row per prompt with lists of its images, their ranks and ratings, in the order of the source.
-- Each list has one element per image, and elements at the same position belong to the same image.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, part SMALLINT, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, image_path VARCHAR[], rank TINYINT[], overall_rating TINYINT[], image_text_alignment_rating TINYINT[], fidelity_rating TINYINT[], first_row BIGINT
-- important: prompt, image_path, rank, overall_rating, split
-- reads: subset_images
-- source: dataset card of ImageRewardDB, configurations *_group
-- query: groups
-- question: Which images does each prompt have, and how did people rank and rate them?
-- order: first_row
CREATE OR REPLACE MACRO prompt_groups(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        min(part) AS part,
        prompt_id,
        min(prompt) AS prompt,
        min(classification) AS classification,
        list(image_path ORDER BY row_index) AS image_path,
        list(rank ORDER BY row_index) AS rank,
        list(overall_rating ORDER BY row_index) AS overall_rating,
        list(image_text_alignment_rating ORDER BY row_index) AS image_text_alignment_rating,
        list(fidelity_rating ORDER BY row_index) AS fidelity_rating,
        min(row_index) AS first_row
    FROM subset_images(in_subset, in_split)
    GROUP BY split, prompt_id

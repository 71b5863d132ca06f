-- name: crowded_ranks
-- One row per prompt and rank that more than two of its images share.
-- People ranked in a tool with five slots of two images each, so more than two should be impossible; in data with votes
-- they are not. first_row is the row_index of the first of these images.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, rank TINYINT, images BIGINT, first_row BIGINT
-- reads: rank_counts, audit_profile
-- source: ImageReward paper, arXiv 2304.05977
-- query: crowded_ranks
-- question: Which prompts have more than two images at the same rank?
-- order: first_row
CREATE OR REPLACE MACRO crowded_ranks(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        counts.split,
        counts.prompt_id,
        counts.prompt,
        counts.rank,
        counts.images,
        counts.first_row
    FROM rank_counts(in_split, in_subset) AS counts
    CROSS JOIN audit_profile AS normal
    WHERE counts.rank IS NOT NULL AND counts.images > normal.most_images

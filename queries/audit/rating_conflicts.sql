-- name: rating_conflicts
-- Strict pairs whose better image has the lower overall rating.
-- better_row and worse_row are the row_index of the two images.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, better_path VARCHAR, worse_path VARCHAR, better_rank TINYINT, worse_rank TINYINT, rank_gap SMALLINT, overall_gap SMALLINT, better_row BIGINT, worse_row BIGINT
-- important: prompt, better_path, worse_path, rank_gap, overall_gap
-- reads: preference_pairs
-- source: ImageReward paper, arXiv 2304.05977: the ranking tool forces ranks to agree with overall ratings
CREATE OR REPLACE MACRO rating_conflicts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        prompt_id,
        prompt,
        better_path,
        worse_path,
        better_rank,
        worse_rank,
        rank_gap,
        overall_gap,
        better_row,
        worse_row
    FROM preference_pairs(in_split, in_subset)
    WHERE overall_gap < 0

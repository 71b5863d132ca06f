-- name: selected_scores
-- What evaluations read of scores: one row per scorer and image of a split and subset.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, prompt_id VARCHAR, rank TINYINT, score DOUBLE, row_index BIGINT, first_row BIGINT, path_place BIGINT
-- important: scorer, score, rank, split, prompt_id
-- reads: matched_scores, subset_images
CREATE OR REPLACE MACRO selected_scores(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        scores.scorer,
        scores.split,
        scores.prompt_id,
        scores.rank,
        scores.score,
        scores.row_index,
        scores.first_row,
        scores.path_place
    FROM matched_scores AS scores
    SEMI JOIN subset_images(in_subset, in_split) AS selected ON scores.row_index = selected.row_index

-- name: ranked_scores
-- One row per ranked image that a scorer has scored, with the first_row of its prompt and its overall rating.
-- param in_scorer: a scorer; NULL takes every scorer
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, first_row BIGINT, rank TINYINT, score DOUBLE, overall_rating TINYINT
-- reads: image_scores, subset_images
CREATE OR REPLACE MACRO ranked_scores(
    in_scorer VARCHAR := NULL,
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        scores.scorer,
        scores.split,
        scores.first_row,
        scores.rank,
        scores.score,
        images.overall_rating
    FROM image_scores AS scores
    INNER JOIN subset_images(in_subset, in_split) AS images ON scores.row_index = images.row_index
    WHERE scores.rank IS NOT NULL AND (in_scorer IS NULL OR scores.scorer = in_scorer)

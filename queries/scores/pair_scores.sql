-- name: pair_scores
-- The rows of scored_pairs with row numbers instead of image paths, for counting.
-- The pairs are those of preference_pairs with ties, and is_tied tells these. Those of ranked images are made of the scores of a prompt instead of a
-- join with preference_pairs, for which the engine might first join all scores of a scorer with one another. score_sign is 1 if the
-- better image has the higher score, 0 for equal scores, and -1 for the lower one.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, prompt_id VARCHAR, rank_gap SMALLINT, better_score DOUBLE, worse_score DOUBLE, score_sign INTEGER, better_row BIGINT, worse_row BIGINT, first_row BIGINT, is_tied BOOLEAN
-- reads: image_scores, subset_images, subset_voted_pairs
CREATE OR REPLACE MACRO pair_scores(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH ranked AS (
        SELECT
            scores.scorer,
            scores.split,
            scores.prompt_id,
            scores.rank,
            scores.score,
            scores.row_index,
            scores.first_row,
            scores.path_place
        FROM image_scores AS scores
        SEMI JOIN subset_images(in_subset, in_split) AS selected ON scores.row_index = selected.row_index
        WHERE scores.rank IS NOT NULL
    )

    SELECT
        better.scorer,
        better.split,
        better.prompt_id,
        cast(cast(worse.rank AS INTEGER) - better.rank AS SMALLINT) AS rank_gap,
        better.score AS better_score,
        worse.score AS worse_score,
        CASE
            WHEN better.score > worse.score THEN 1
            WHEN better.score < worse.score THEN -1
            ELSE 0
        END AS score_sign,
        better.row_index AS better_row,
        worse.row_index AS worse_row,
        better.first_row,
        better.rank = worse.rank AS is_tied
    FROM ranked AS better
    INNER JOIN ranked AS worse ON better.scorer = worse.scorer AND better.first_row = worse.first_row
    WHERE better.rank < worse.rank OR (better.rank = worse.rank AND better.path_place < worse.path_place)
    UNION ALL
    SELECT
        better.scorer,
        pairs.split,
        pairs.prompt_id,
        cast(NULL AS SMALLINT) AS rank_gap,
        better.score AS better_score,
        worse.score AS worse_score,
        CASE
            WHEN better.score > worse.score THEN 1
            WHEN better.score < worse.score THEN -1
            ELSE 0
        END AS score_sign,
        pairs.better_row,
        pairs.worse_row,
        better.first_row,
        pairs.is_tied
    FROM subset_voted_pairs(in_subset, in_split) AS pairs
    INNER JOIN image_scores AS better ON pairs.better_row = better.row_index
    INNER JOIN image_scores AS worse ON pairs.worse_row = worse.row_index AND better.scorer = worse.scorer

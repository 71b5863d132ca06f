-- name: pair_scores
-- The rows of scored_pairs with row numbers instead of image paths, for counting.
-- The pairs are those of preference_pairs with ties, and is_tied tells these. Those of ranked images are made of a list of images per scorer and prompt instead of a
-- join with preference_pairs, for which the engine might first join all scores of a scorer with one another. score_sign is 1 if the
-- better image has the higher score, 0 for equal scores, and -1 for the lower one.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, prompt_id VARCHAR, rank_gap SMALLINT, better_score DOUBLE, worse_score DOUBLE, score_sign INTEGER, better_row BIGINT, worse_row BIGINT, first_row BIGINT, is_tied BOOLEAN
-- reads: scores, subset_images, subset_voted_pairs
CREATE OR REPLACE MACRO pair_scores(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH prompt_lists AS (
        SELECT
            scores.scorer,
            scores.first_row,
            any_value(scores.split) AS split,
            any_value(scores.prompt_id) AS prompt_id,
            list({
                'rank': scores.rank,
                'score': scores.score,
                'place': scores.path_place,
                'row': scores.row_index
            }) AS images
        FROM scores
        SEMI JOIN subset_images(in_subset, in_split) AS selected ON scores.row_index = selected.row_index
        WHERE scores.rank IS NOT NULL
        GROUP BY scores.scorer, scores.first_row
    ),

    better_images AS (
        SELECT
            *,
            unnest(images) AS better
        FROM prompt_lists
    ),

    image_pairs AS (
        SELECT
            scorer,
            split,
            prompt_id,
            first_row,
            better,
            unnest(images) AS worse
        FROM better_images
    )

    SELECT
        image_pairs.scorer,
        image_pairs.split,
        image_pairs.prompt_id,
        cast(cast(image_pairs.worse.rank AS INTEGER) - image_pairs.better.rank AS SMALLINT) AS rank_gap,
        image_pairs.better.score AS better_score,
        image_pairs.worse.score AS worse_score,
        CASE
            WHEN image_pairs.better.score > image_pairs.worse.score THEN 1
            WHEN image_pairs.better.score < image_pairs.worse.score THEN -1
            ELSE 0
        END AS score_sign,
        image_pairs.better.row AS better_row,
        image_pairs.worse.row AS worse_row,
        image_pairs.first_row,
        image_pairs.better.rank = image_pairs.worse.rank AS is_tied
    FROM image_pairs
    WHERE
        image_pairs.better.rank < image_pairs.worse.rank
        OR (
            image_pairs.better.rank = image_pairs.worse.rank
            AND image_pairs.better.place < image_pairs.worse.place
        )
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
    INNER JOIN scores AS better ON pairs.better_row = better.row_index
    INNER JOIN scores AS worse ON pairs.worse_row = worse.row_index AND better.scorer = worse.scorer

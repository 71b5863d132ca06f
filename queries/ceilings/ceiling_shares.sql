-- name: ceiling_shares
-- One row per scorer, split and human ceiling: the accuracy of the scorer as a share of that of people.
-- accuracy is acc_micro, in which ties of the scorer are wrong; ceiling_accuracy is that of human_ceilings, which counts ties of people half.
-- share_of_ceiling is 1 for a scorer that is as good as one annotator, and may be more: the label of many is easier to predict than one of them.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, ceiling VARCHAR, accuracy DOUBLE, ceiling_accuracy DOUBLE, share_of_ceiling DOUBLE, pairs BIGINT, judgements BIGINT
-- important: scorer, split, ceiling, share_of_ceiling, accuracy, ceiling_accuracy
-- reads: pair_scores, image_scores, subset_images, human_ceilings
-- query: ceiling_shares
-- question: How close do scorers come to people?
-- order: split, ceiling, scorer
CREATE OR REPLACE MACRO ceiling_shares(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    -- A scorer of images that are in no pair has a row, too, without an accuracy.
    WITH verdicts AS (
        SELECT
            scorer,
            split,
            NOT is_tied AS is_strict,
            NOT is_tied AND score_sign = 1 AS is_right
        FROM pair_scores(in_split, in_subset)
        UNION ALL
        SELECT
            scores.scorer,
            scores.split,
            FALSE AS is_strict,
            FALSE AS is_right
        FROM image_scores AS scores
        SEMI JOIN subset_images(in_subset, in_split) AS selected ON scores.row_index = selected.row_index
        WHERE scores.rank IS NOT NULL
    ),

    scorers AS (
        SELECT
            scorer,
            split,
            cast(count(*) FILTER (WHERE is_right) AS DOUBLE) / nullif(count(*) FILTER (WHERE is_strict), 0) AS accuracy,
            count(*) FILTER (WHERE is_strict) AS pairs
        FROM verdicts
        GROUP BY scorer, split
    )

    SELECT
        scorers.scorer,
        scorers.split,
        ceilings.ceiling,
        scorers.accuracy,
        ceilings.accuracy AS ceiling_accuracy,
        scorers.accuracy / nullif(ceilings.accuracy, 0) AS share_of_ceiling,
        scorers.pairs,
        ceilings.judgements
    FROM scorers
    INNER JOIN human_ceilings(in_split, in_subset) AS ceilings ON scorers.split = ceilings.split

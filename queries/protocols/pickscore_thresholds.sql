-- name: pickscore_thresholds
-- One row per scorer: the threshold of 0, 0.1, …, 1 with the highest score of the PickScore script, the smallest of as good ones.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, threshold DOUBLE, score DOUBLE, pairs BIGINT
-- reads: protocol_pairs
-- source: yuvalkirstain/PickScore, trainer/scripts/eval_preference_predictor.py, lines 70 to 102
CREATE OR REPLACE MACRO pickscore_thresholds(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH numbers AS (
        SELECT unnest([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) AS number
    ),

    judged AS (
        SELECT
            pairs.scorer,
            cast(numbers.number AS DOUBLE) / 10 AS threshold,
            pairs.is_tied,
            pairs.score_sign,
            pairs.tie_difference <= cast(numbers.number AS DOUBLE) / 10 AS says_tie
        FROM protocol_pairs(in_split, in_subset) AS pairs
        CROSS JOIN numbers
    ),

    scored AS (
        SELECT
            scorer,
            threshold,
            sum(
                CASE
                    WHEN is_tied AND says_tie THEN 2
                    WHEN is_tied OR says_tie THEN 1
                    WHEN score_sign > 0 THEN 2
                    ELSE 0
                END
            ) AS doubled_score,
            count(*) AS pairs
        FROM judged
        GROUP BY scorer, threshold
    ),

    ordered AS (
        SELECT
            *,
            row_number() OVER (PARTITION BY scorer ORDER BY doubled_score DESC, threshold ASC) AS priority
        FROM scored
    )

    SELECT
        scorer,
        threshold,
        cast(doubled_score AS DOUBLE) / (2 * pairs) AS score,
        pairs
    FROM ordered
    WHERE priority = 1

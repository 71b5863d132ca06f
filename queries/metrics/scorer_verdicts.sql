-- name: scorer_verdicts
-- One row per split and two scorers: on how many strict pairs both, one or none of them are right (the table of McNemar's test).
-- A scorer is right if the better image has the higher score. Pairs count that have scores of both. mcnemar is McNemar's statistic,
-- (only_first - only_second) ** 2 / (only_first + only_second), which exceeds 3.84 by chance in 5 % of the cases if pairs do not
-- depend on each other. Pairs of one prompt do, so that it finds differences too often: p_value of scorer_differences does not.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, other_scorer VARCHAR, split VARCHAR, pairs BIGINT, both_right BIGINT, only_first BIGINT, only_second BIGINT, both_wrong BIGINT, mcnemar DOUBLE
-- important: scorer, other_scorer, only_first, only_second, mcnemar, pairs, split
-- reads: pair_scores, image_scores
-- source: McNemar 1947, 10.1007/BF02295996
-- query: scorer_verdicts
-- question: On how many pairs is one scorer right and another wrong?
-- order: split, scorer, other_scorer
CREATE OR REPLACE MACRO scorer_verdicts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH scorers AS (
        SELECT
            scorer,
            cast(row_number() OVER (ORDER BY scorer) AS INTEGER) AS number
        FROM image_scores
        GROUP BY scorer
    ),

    -- A verdict is twice the number of the scorer, and one more if it is right.
    pair_verdicts AS (
        SELECT
            pairs.split,
            list(2 * scorers.number + CASE WHEN pairs.score_sign > 0 THEN 1 ELSE 0 END) AS verdicts
        FROM pair_scores(in_split, in_subset) AS pairs
        INNER JOIN scorers ON pairs.scorer = scorers.scorer
        WHERE NOT pairs.is_tied
        GROUP BY pairs.split, pairs.better_row, pairs.worse_row
    ),

    -- Many pairs have the same verdicts, of which every two are compared once.
    equal_verdicts AS (
        SELECT
            split,
            verdicts,
            count(*) AS pairs
        FROM pair_verdicts
        GROUP BY split, verdicts
    ),

    first_verdicts AS (
        SELECT
            *,
            unnest(verdicts) AS one
        FROM equal_verdicts
    ),

    both_verdicts AS (
        SELECT
            split,
            pairs,
            one,
            unnest(verdicts) AS other
        FROM first_verdicts
    ),

    numbered AS (
        SELECT
            split,
            one // 2 AS first_number,
            other // 2 AS second_number,
            cast(sum(pairs) AS BIGINT) AS pairs,
            cast(sum(CASE WHEN one % 2 = 1 AND other % 2 = 1 THEN pairs ELSE 0 END) AS BIGINT) AS both_right,
            cast(sum(CASE WHEN one % 2 = 1 AND other % 2 = 0 THEN pairs ELSE 0 END) AS BIGINT) AS only_first,
            cast(sum(CASE WHEN one % 2 = 0 AND other % 2 = 1 THEN pairs ELSE 0 END) AS BIGINT) AS only_second,
            cast(sum(CASE WHEN one % 2 = 0 AND other % 2 = 0 THEN pairs ELSE 0 END) AS BIGINT) AS both_wrong
        FROM both_verdicts
        WHERE one // 2 < other // 2
        GROUP BY split, one // 2, other // 2
    ),

    counted AS (
        SELECT
            scorers.scorer,
            others.scorer AS other_scorer,
            numbered.*
        FROM numbered
        INNER JOIN scorers ON numbered.first_number = scorers.number
        INNER JOIN scorers AS others ON numbered.second_number = others.number
    )

    SELECT
        scorer,
        other_scorer,
        split,
        pairs,
        both_right,
        only_first,
        only_second,
        both_wrong,
        cast((only_first - only_second) * (only_first - only_second) AS DOUBLE)
        / nullif(only_first + only_second, 0) AS mcnemar
    FROM counted

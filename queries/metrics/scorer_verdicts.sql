-- name: scorer_verdicts
-- One row per split and two scorers: on how many strict pairs both, one or none of them are right (the table of McNemar's test).
-- A scorer is right if the better image has the higher score. Pairs count that have scores of both. mcnemar is McNemar's statistic,
-- (only_first - only_second) ** 2 / (only_first + only_second), which exceeds 3.84 by chance in 5 % of the cases if pairs do not
-- depend on each other. Pairs of one prompt do, so that it finds differences too often: p_value of scorer_differences does not.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, other_scorer VARCHAR, split VARCHAR, pairs BIGINT, both_right BIGINT, only_first BIGINT, only_second BIGINT, both_wrong BIGINT, mcnemar DOUBLE
-- important: scorer, other_scorer, only_first, only_second, mcnemar, pairs, split
-- reads: pair_scores
-- source: McNemar 1947, 10.1007/BF02295996
-- query: scorer_verdicts
-- question: On how many pairs is one scorer right and another wrong?
-- order: split, scorer, other_scorer
CREATE OR REPLACE MACRO scorer_verdicts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH verdicts AS (
        SELECT
            scorer,
            split,
            better_row,
            worse_row,
            score_sign > 0 AS is_right
        FROM pair_scores(in_split, in_subset)
        WHERE NOT is_tied
    ),

    counted AS (
        SELECT
            one.scorer,
            other.scorer AS other_scorer,
            one.split,
            count(*) AS pairs,
            count(*) FILTER (WHERE one.is_right AND other.is_right) AS both_right,
            count(*) FILTER (WHERE one.is_right AND NOT other.is_right) AS only_first,
            count(*) FILTER (WHERE NOT one.is_right AND other.is_right) AS only_second,
            count(*) FILTER (WHERE NOT one.is_right AND NOT other.is_right) AS both_wrong
        FROM verdicts AS one
        INNER JOIN verdicts AS other
            ON
                one.better_row = other.better_row
                AND one.worse_row = other.worse_row
                AND one.scorer < other.scorer
        GROUP BY one.scorer, other.scorer, one.split
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

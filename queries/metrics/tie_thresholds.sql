-- name: tie_thresholds
-- One row per scorer and split: the ε that makes acc_eq highest, the smallest if there are several.
-- Candidates are 0 and every difference between the two scores of a pair. acc_eq_at_0 is acc_eq with the ε 0. Report acc_eq with a
-- tuned ε on another split than the one it was tuned on.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, epsilon DOUBLE, acc_eq DOUBLE, acc_eq_at_0 DOUBLE, pairs BIGINT
-- important: scorer, split, epsilon, acc_eq, acc_eq_at_0, pairs
-- reads: pair_scores
-- source: Deutsch et al. 2023, arXiv 2305.14324
-- query: tie_thresholds
-- question: Up to which difference should two scores count as a tie?
-- order: split, scorer
CREATE OR REPLACE MACRO tie_thresholds(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH pair_rows AS (
        SELECT
            scorer,
            split,
            abs(better_score - worse_score) AS difference,
            CASE WHEN is_tied THEN 1 ELSE 0 END AS human_tie,
            CASE WHEN NOT is_tied AND score_sign = 1 THEN 1 ELSE 0 END AS concordant
        FROM pair_scores(in_split, in_subset)
    ),

    with_zero AS (
        SELECT
            scorer,
            split,
            difference,
            1 AS pairs,
            human_tie,
            concordant
        FROM pair_rows
        UNION ALL
        SELECT DISTINCT
            scorer,
            split,
            cast(0 AS DOUBLE) AS difference,
            0 AS pairs,
            0 AS human_tie,
            0 AS concordant
        FROM pair_rows
    ),

    steps AS (
        SELECT
            scorer,
            split,
            difference,
            sum(pairs) AS pairs,
            sum(human_tie) AS human_ties,
            sum(concordant) AS concordant
        FROM with_zero
        GROUP BY scorer, split, difference
    ),

    agreeing AS (
        SELECT
            scorer,
            split,
            difference,
            sum(pairs) OVER (PARTITION BY scorer, split) AS all_pairs,
            -- Pairs that differ by ε or less agree if people tied them, all others if they are concordant.
            sum(human_ties - concordant) OVER (PARTITION BY scorer, split ORDER BY difference)
            + sum(concordant) OVER (PARTITION BY scorer, split) AS agreeing_pairs
        FROM steps
    ),

    ordered AS (
        SELECT
            *,
            row_number() OVER (PARTITION BY scorer, split ORDER BY agreeing_pairs DESC, difference ASC) AS priority
        FROM agreeing
    )

    SELECT
        scorer,
        split,
        max(difference) FILTER (WHERE priority = 1) AS epsilon,
        cast(max(agreeing_pairs) AS DOUBLE) / nullif(max(all_pairs), 0) AS acc_eq,
        cast(max(agreeing_pairs) FILTER (WHERE difference = 0) AS DOUBLE) / nullif(max(all_pairs), 0) AS acc_eq_at_0,
        cast(max(all_pairs) AS BIGINT) AS pairs
    FROM ordered
    GROUP BY scorer, split

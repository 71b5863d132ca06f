-- name: protocol_pairs
-- One row per scorer and pair, with ties: what people and the scorer say of it, in the words of the view protocols.
-- is_reversed is whether the order by score, then by place in the data, is not that of people. tie_difference is the difference of the
-- probabilities that a softmax of both scores gives. ties_before is by how many pairs more scorer and people agree if this pair and those
-- of smaller differences of scores are ties, one by one in the order of rows.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, first_row BIGINT, is_tied BOOLEAN, score_sign INTEGER, is_reversed BOOLEAN, tie_difference DOUBLE, ties_before BIGINT, is_last BOOLEAN
-- reads: pair_scores
CREATE OR REPLACE MACRO protocol_pairs(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH gaps AS (
        SELECT
            *,
            abs(better_score / 2 - worse_score / 2) AS half_gap,
            CASE WHEN is_tied THEN 1 WHEN score_sign > 0 THEN -1 ELSE 0 END AS gained
        FROM pair_scores(in_split, in_subset)
    )

    SELECT
        scorer,
        split,
        first_row,
        is_tied,
        score_sign,
        NOT is_tied AND (score_sign < 0 OR (score_sign = 0 AND better_row > worse_row)) AS is_reversed,
        -- The difference of exp(a) / (exp(a) + exp(b)) and exp(b) / (exp(a) + exp(b)).
        (1 - exp(-2 * half_gap)) / (1 + exp(-2 * half_gap)) AS tie_difference,
        cast(sum(gained) OVER (
            PARTITION BY scorer, split
            ORDER BY half_gap, better_row, worse_row
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) AS ties_before,
        row_number() OVER (PARTITION BY scorer, split, half_gap ORDER BY better_row DESC, worse_row DESC) = 1 AS is_last
    FROM gaps

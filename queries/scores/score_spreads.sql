-- name: score_spreads
-- One row per scorer and split: the range of its scores, and their standard deviation as a share of the range.
-- Shares of the range keep all digits, of scores as large as 1e300 as of those that differ by 1e-300. spread is NULL for one score,
-- and where all scores are the same.
-- returns: scorer VARCHAR, split VARCHAR, lowest DOUBLE, highest DOUBLE, spread DOUBLE
-- reads: image_scores, unit_difference
-- query: score_spreads
-- question: How far do a scorer's scores spread?
-- order: scorer, split
CREATE OR REPLACE MACRO score_spreads() AS TABLE
    WITH ranges AS (
        SELECT
            scorer,
            split,
            min(score) AS lowest,
            max(score) AS highest
        FROM image_scores
        GROUP BY scorer, split
    ),

    shares AS (
        SELECT
            ranges.scorer,
            ranges.split,
            ranges.lowest,
            ranges.highest,
            unit_difference(scores.score, ranges.lowest, ranges.lowest, ranges.highest) AS share
        FROM image_scores AS scores
        INNER JOIN ranges ON scores.scorer = ranges.scorer AND scores.split = ranges.split
    )

    SELECT
        scorer,
        split,
        lowest,
        highest,
        -- A fixed order of summation gives the same bits on every run.
        stddev_samp(share ORDER BY share) AS spread
    FROM shares
    GROUP BY scorer, split, lowest, highest

-- name: calibration_bins
-- One row per scorer, split and bin of confidence: how sure a scorer is of its order of a strict pair, and how often it is right.
-- confidence is the larger of P(better) and P(worse), with P as in calibration; ten bins of 0.05 from 0.5 to 1, of which empty ones
-- have no row. A scorer that gives both images the same score is right half of the times. Points of mean_confidence and accuracy are
-- the reliability diagram: a calibrated scorer is on the diagonal, one that is too sure below it. log_loss and brier are those of calibration.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param tuned_on: the splits on which temperatures are tuned, which have no rows; NULL takes a temperature of 1
-- returns: scorer VARCHAR, split VARCHAR, temperature DOUBLE, bin BIGINT, from_confidence DOUBLE, to_confidence DOUBLE, pairs BIGINT, mean_confidence DOUBLE, accuracy DOUBLE, log_loss DOUBLE, brier DOUBLE
-- reads: pair_log_odds, softplus, exact_mean, float_mean
-- source: reliability diagram, Guo et al. 2017, arXiv 1706.04599
-- query: calibration_bins
-- question: Is a scorer as often right as it is sure?
-- order: split, scorer, bin
CREATE OR REPLACE MACRO calibration_bins(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    tuned_on VARCHAR := NULL
) AS TABLE
    WITH verdicts AS (
        SELECT
            scorer,
            split,
            temperature,
            log_odds,
            1 / (1 + exp(-abs(log_odds))) AS confidence,
            CASE WHEN score_sign > 0 THEN 1.0 WHEN score_sign < 0 THEN 0.0 ELSE 0.5 END AS is_right
        FROM pair_log_odds(in_split, in_subset, tuned_on)
        WHERE NOT is_tied
    ),

    placed AS (
        SELECT
            *,
            cast(least(floor((confidence - 0.5) * 20), 9) AS BIGINT) + 1 AS bin
        FROM verdicts
    )

    SELECT
        scorer,
        split,
        temperature,
        bin,
        cast(9 + bin AS DOUBLE) / 20 AS from_confidence,
        cast(10 + bin AS DOUBLE) / 20 AS to_confidence,
        count(*) AS pairs,
        exact_mean(confidence) AS mean_confidence,
        exact_mean(is_right) AS accuracy,
        float_mean(softplus(-log_odds)) AS log_loss,
        exact_mean(pow(1 / (1 + exp(log_odds)), 2)) AS brier
    FROM placed
    GROUP BY scorer, split, temperature, bin

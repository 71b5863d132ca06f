-- name: calibration
-- One row per scorer and split: how well its scores tell how likely people prefer an image, over strict pairs.
-- P = 1 / (1 + exp(-log_odds)) of the better image, by pair_log_odds. log_loss is the mean of -ln(P), which is ln(2) = 0.693 by
-- chance; brier that of (1 - P) ** 2, 0.25 by chance. ece is the expected calibration error: the mean distance of accuracy from
-- confidence in the bins of calibration_bins, weighted by their pairs; overconfidence is mean confidence minus accuracy. A scorer
-- that gives both images the same score is right half of the times.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param tuned_on: the splits on which temperatures are tuned, which have no rows; NULL takes a temperature of 1
-- returns: scorer VARCHAR, split VARCHAR, temperature DOUBLE, log_loss DOUBLE, brier DOUBLE, ece DOUBLE, overconfidence DOUBLE, accuracy DOUBLE, pairs BIGINT
-- important: scorer, split, log_loss, brier, ece, temperature, pairs
-- reads: calibration_bins, float_mean
-- source: Brier 1950; expected calibration error, Naeini et al. 2015; temperature scaling, Guo et al. 2017, arXiv 1706.04599
-- query: calibration
-- question: Do a scorer's differences say how likely people prefer an image?
-- order: split, scorer
CREATE OR REPLACE MACRO calibration(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    tuned_on VARCHAR := NULL
) AS TABLE
    WITH shares AS (
        SELECT
            *,
            cast(pairs AS DOUBLE) / sum(pairs) OVER (PARTITION BY scorer, split) AS bin_share
        FROM calibration_bins(in_split, in_subset, tuned_on)
    )

    SELECT
        scorer,
        split,
        temperature,
        float_mean(bin_share * log_loss) * count(*) AS log_loss,
        float_mean(bin_share * brier) * count(*) AS brier,
        float_mean(bin_share * abs(accuracy - mean_confidence)) * count(*) AS ece,
        float_mean(bin_share * (mean_confidence - accuracy)) * count(*) AS overconfidence,
        float_mean(bin_share * accuracy) * count(*) AS accuracy,
        cast(sum(pairs) AS BIGINT) AS pairs
    FROM shares
    GROUP BY scorer, split, temperature

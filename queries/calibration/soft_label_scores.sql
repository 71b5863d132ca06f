-- name: soft_label_scores
-- One row per scorer and split: how well it predicts the single votes on each pair, and how well anything could.
-- share is that of the votes for the better image, as in vote_pairs; pairs that people tied count, too. expected_accuracy is how often
-- a voter, drawn at random, agrees with the scorer's order (half of the times if it gives both images the same score), and best_accuracy
-- how often with the majority. log_loss is the mean of -(share ln(P) + (1 - share) ln(1 - P)), with P as in calibration; entropy is
-- the smallest that it can be, that of the shares themselves. The expected accuracy of random scores is one half.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param tuned_on: the splits on which temperatures are tuned, which have no rows; NULL takes a temperature of 1
-- param min_votes: smallest number of votes of a pair; NULL counts as 1
-- returns: scorer VARCHAR, split VARCHAR, expected_accuracy DOUBLE, best_accuracy DOUBLE, log_loss DOUBLE, entropy DOUBLE, pairs BIGINT, votes BIGINT
-- reads: vote_log_odds, softplus, float_mean
-- source: accuracy and cross-entropy against a distribution of labels, Peterson et al. 2019, arXiv 1908.07086
-- query: soft_label_scores
-- question: How well does a scorer predict single votes?
-- order: split, scorer
CREATE OR REPLACE MACRO soft_label_scores(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    tuned_on VARCHAR := NULL,
    min_votes BIGINT := 1
) AS TABLE
    SELECT
        scorer,
        split,
        float_mean(CASE WHEN log_odds > 0 THEN share WHEN log_odds < 0 THEN 1 - share ELSE 0.5 END)
            AS expected_accuracy,
        float_mean(share) AS best_accuracy,
        float_mean(share * softplus(-log_odds) + (1 - share) * softplus(log_odds)) AS log_loss,
        float_mean(
            CASE WHEN share < 1 THEN -share * ln(share) - (1 - share) * ln(1 - share) ELSE 0.0 END
        ) AS entropy,
        count(*) AS pairs,
        cast(sum(votes) AS BIGINT) AS votes
    FROM vote_log_odds(in_split, in_subset, tuned_on, min_votes)
    GROUP BY scorer, split

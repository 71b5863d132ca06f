-- name: vote_log_odds
-- One row per scorer and pair of vote_pairs: its shares of votes, and the log odds that the scores give to the better image.
-- Temperatures are those of pair_log_odds.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param tuned_on: the splits on which temperatures are tuned, which have no rows; NULL takes a temperature of 1
-- param min_votes: smallest number of votes of a pair; NULL counts as 1
-- returns: scorer VARCHAR, split VARCHAR, votes BIGINT, better_votes BIGINT, tied_votes BIGINT, share DOUBLE, is_tied BOOLEAN, log_odds DOUBLE
-- reads: vote_pairs, image_scores, score_temperatures, tuned_log_odds, split_name
CREATE OR REPLACE MACRO vote_log_odds(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    tuned_on VARCHAR := NULL,
    min_votes BIGINT := 1
) AS TABLE
    WITH temperatures AS (
        SELECT
            scorer,
            temperature,
            temperature_share,
            lowest,
            highest
        FROM score_temperatures(tuned_on, in_subset)
        WHERE tuned_on IS NOT NULL
    )

    SELECT
        better.scorer,
        pairs.split,
        pairs.votes,
        pairs.better_votes,
        pairs.tied_votes,
        pairs.share,
        pairs.is_tied,
        tuned_log_odds(
            better.score,
            worse.score,
            temperatures.lowest,
            temperatures.highest,
            temperatures.temperature_share,
            tuned_on IS NOT NULL
        ) AS log_odds
    FROM vote_pairs(in_split, in_subset, min_votes) AS pairs
    INNER JOIN image_scores AS better ON pairs.better_row = better.row_index
    INNER JOIN image_scores AS worse ON pairs.worse_row = worse.row_index AND better.scorer = worse.scorer
    LEFT JOIN temperatures ON better.scorer = temperatures.scorer
    WHERE
        tuned_on IS NULL
        OR (
            temperatures.scorer IS NOT NULL
            AND NOT list_contains(string_split(split_name(tuned_on), ','), pairs.split)
        )

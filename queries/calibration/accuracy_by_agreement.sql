-- name: accuracy_by_agreement
-- One row per scorer, split and result of a vote: how often the scorer is right on pairs on which so many of so many people agreed.
-- Only strict pairs count; a tie of the scorer is wrong. A scorer should be right more often where people agree more.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param min_votes: smallest number of votes of a pair; NULL counts as 1
-- returns: scorer VARCHAR, split VARCHAR, votes BIGINT, better_votes BIGINT, tied_votes BIGINT, pairs BIGINT, accuracy DOUBLE
-- reads: vote_log_odds
-- query: accuracy_by_agreement
-- question: Is a scorer right where people agree?
-- order: split, scorer, votes, better_votes, tied_votes
CREATE OR REPLACE MACRO accuracy_by_agreement(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    min_votes BIGINT := 1
) AS TABLE
    SELECT
        scorer,
        split,
        votes,
        better_votes,
        tied_votes,
        count(*) AS pairs,
        cast(count(*) FILTER (WHERE log_odds > 0) AS DOUBLE) / count(*) AS accuracy
    FROM vote_log_odds(in_split, in_subset, cast(NULL AS VARCHAR), min_votes)
    WHERE NOT is_tied
    GROUP BY scorer, split, votes, better_votes, tied_votes

-- name: vote_results
-- One row per split, prompt and result of a vote: how many pairs of images have it.
-- more_votes and fewer_votes are those for the two images of a pair. Every vote counts once, whatever its weight.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, more_votes BIGINT, fewer_votes BIGINT, tied_votes BIGINT, votes BIGINT, pairs BIGINT
-- reads: vote_pairs
CREATE OR REPLACE MACRO vote_results(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        prompt_id,
        greatest(better_votes, worse_votes) AS more_votes,
        least(better_votes, worse_votes) AS fewer_votes,
        tied_votes,
        votes,
        count(*) AS pairs
    FROM vote_pairs(in_split, in_subset)
    GROUP BY split, prompt_id, greatest(better_votes, worse_votes), least(better_votes, worse_votes), tied_votes, votes

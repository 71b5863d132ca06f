-- name: vote_pairs
-- One row per unordered pair of images with votes, the image with more votes first.
-- A tied vote is half a vote for each image: share = (better votes + tied votes / 2) / votes, each vote times its weight. A pair is
-- tied if share is within tie_margin of one half; of as many votes for both, better_path is the smaller path. strength is not used.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param min_votes: smallest number of votes of a pair; NULL counts as 1
-- param tie_margin: largest distance of share from one half of a tied pair; NULL and less than 0 count as 0
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, better_path VARCHAR, worse_path VARCHAR, votes BIGINT, better_votes BIGINT, worse_votes BIGINT, tied_votes BIGINT, share DOUBLE, is_tied BOOLEAN, better_row BIGINT, worse_row BIGINT
-- important: prompt, better_path, worse_path, share, votes, is_tied, better_votes, worse_votes, tied_votes
-- start with: yes
-- reads: counted_votes, subset_images
-- query: vote_pairs
-- question: Which of two images did people prefer, and how many of them?
-- order: better_row, worse_row
CREATE OR REPLACE MACRO vote_pairs(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    min_votes BIGINT := 1,
    tie_margin DOUBLE := 0
) AS TABLE
    SELECT
        pairs.split,
        pairs.prompt_id,
        pairs.prompt,
        pairs.better_path,
        pairs.worse_path,
        pairs.votes,
        pairs.better_votes,
        pairs.worse_votes,
        pairs.tied_votes,
        pairs.share,
        pairs.is_tied,
        pairs.better_row,
        pairs.worse_row
    FROM counted_votes(min_votes, tie_margin) AS pairs
    SEMI JOIN subset_images(in_subset, in_split) AS better ON pairs.better_row = better.row_index
    SEMI JOIN subset_images(in_subset, in_split) AS worse ON pairs.worse_row = worse.row_index

-- name: vote_counts
-- How many votes, annotators and voted pairs does each split have, and how far do people agree?
-- rows are those of the view votes; votes counts people, of which a published count may hold many in a row; annotators counts the named
-- ones. Of a unanimous pair, all votes are for the same image, or all are ties; majority_share is the mean over pairs of the share of
-- the image that more people chose.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param min_votes: smallest number of votes of a pair; 1 unless given
-- param tie_margin: largest distance of a tied pair's share from one half; 0 unless given
-- returns: split, rows, votes, annotators, pairs, strict_pairs, tied_pairs, unanimous_pairs, majority_share
-- important: split, votes, annotators, pairs, strict_pairs, tied_pairs, unanimous_pairs, majority_share
-- reads: votes, vote_pairs, subset_images, exact_mean, whole_number
WITH row_counts AS (
    SELECT
        votes.split,
        count(*) AS vote_rows,
        count(DISTINCT votes.annotator) AS annotators
    FROM votes
    SEMI JOIN subset_images($subset::VARCHAR, $split::VARCHAR) AS selected ON votes.first_row = selected.row_index
    GROUP BY votes.split
),

pair_sums AS (
    SELECT
        split,
        cast(sum(votes) AS BIGINT) AS votes,
        count(*) AS pairs,
        count(*) FILTER (WHERE is_tied) AS tied_pairs,
        count(*) FILTER (WHERE greatest(better_votes, worse_votes, tied_votes) = votes) AS unanimous_pairs,
        exact_mean(share) AS majority_share
    FROM vote_pairs($split::VARCHAR, $subset::VARCHAR, whole_number($min_votes), $tie_margin::DOUBLE)
    GROUP BY split
)

SELECT
    pair_sums.split,
    row_counts.vote_rows AS rows,
    pair_sums.votes,
    row_counts.annotators,
    pair_sums.pairs,
    pair_sums.pairs - pair_sums.tied_pairs AS strict_pairs,
    pair_sums.tied_pairs,
    pair_sums.unanimous_pairs,
    pair_sums.majority_share
FROM pair_sums
INNER JOIN row_counts ON pair_sums.split = row_counts.split
ORDER BY pair_sums.split

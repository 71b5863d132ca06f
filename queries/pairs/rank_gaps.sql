-- name: rank_gaps
-- How many pairs have each rank gap?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, rank_gap, pairs, pair_share
-- reads: preference_pairs
SELECT
    split,
    rank_gap,
    count(*) AS pairs,
    count(*) / sum(count(*)) OVER (PARTITION BY split) AS pair_share
FROM preference_pairs($split::VARCHAR, $subset::VARCHAR, keep_ties := TRUE)
GROUP BY split, rank_gap
ORDER BY split, rank_gap

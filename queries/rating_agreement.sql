-- name: rating_agreement
-- How often does the better image of a pair also have the higher rating?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param by_classification: a row for each classification of a split; off unless given
-- param min_rank_gap: smallest difference in rank that makes a strict pair; 1 unless given
-- returns: split, classification, kind, rated_pairs, agreeing, tied, disagreeing, missing, agreeing_share, tied_share, disagreeing_share
-- reads: rating_agreement, whole_number
SELECT *
FROM rating_agreement($split::VARCHAR, $subset::VARCHAR, $by_classification::BOOLEAN, whole_number($min_rank_gap))
ORDER BY split, classification NULLS LAST, kind

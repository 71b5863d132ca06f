-- name: rating_stats
-- How did people rate, by kind of rating?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param by_classification: a row for each classification of a split; off unless given
-- returns: split, classification, kind, n, missing, mean, std, q1, median, q3, mode, share_1, share_2, share_3, share_4, share_5, share_6, share_7
-- reads: rating_stats
SELECT *
FROM rating_stats($split::VARCHAR, $subset::VARCHAR, $by_classification::BOOLEAN)
ORDER BY split, classification NULLS LAST, kind

-- name: tie_thresholds
-- Up to which difference should two scores count as a tie?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: scorer, split, epsilon, acc_eq, acc_eq_at_0, pairs
-- reads: tie_thresholds
SELECT *
FROM tie_thresholds($split::VARCHAR, $subset::VARCHAR)
ORDER BY split, scorer

-- name: score_coverage
-- How many images does each scorer have a usable score for?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: scorer, split, images, scored_images, missing_images, unknown_scores, null_scores, nan_scores, infinite_scores, conflicting_scores, repeated_scores
-- reads: score_coverage
SELECT *
FROM score_coverage($split::VARCHAR, $subset::VARCHAR)
ORDER BY split, scorer

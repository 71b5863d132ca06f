-- name: pair_counts
-- How many prompts, images and pairs are there, ties in and out?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param by_classification: a row for each classification of a split; off unless given
-- returns: split, classification, prompts, images, ranked_images, pairs, strict_pairs, tied_pairs
-- reads: pair_counts
SELECT *
FROM pair_counts($split::VARCHAR, $subset::VARCHAR, $by_classification::BOOLEAN)
ORDER BY split, classification NULLS LAST

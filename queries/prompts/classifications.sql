-- name: classifications
-- How many prompts, images and pairs does each classification have?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, classification, prompts, prompt_share, images, pairs, strict_pairs
-- important: classification, prompts, images, strict_pairs, pairs, split, prompt_share
-- reads: pair_counts
SELECT
    split,
    classification,
    prompts,
    prompts / sum(prompts) OVER (PARTITION BY split) AS prompt_share,
    images,
    pairs,
    strict_pairs
FROM pair_counts($split::VARCHAR, $subset::VARCHAR, by_classification := TRUE)
ORDER BY split ASC, prompts DESC, classification ASC NULLS LAST

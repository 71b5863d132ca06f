-- name: prompts
-- Which prompts are there, and how many images and pairs does each have?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, part, prompt_id, prompt, classification, images, ranked_images, pairs, strict_pairs, tied_pairs, ranks, best_rank, worst_rank, best_images, worst_images, first_row
-- reads: prompt_counts
SELECT *
FROM prompt_counts($split::VARCHAR, $subset::VARCHAR)
ORDER BY first_row

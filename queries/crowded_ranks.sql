-- name: crowded_ranks
-- Which prompts have more than two images at one rank?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, prompt, rank, images, first_row
-- reads: crowded_ranks
SELECT *
FROM crowded_ranks($split::VARCHAR, $subset::VARCHAR)
ORDER BY first_row

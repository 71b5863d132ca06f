-- name: mixed_prompts
-- Which prompts have rows that disagree on prompt, classification or part?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, images, texts, classifications, parts, first_row
-- reads: mixed_prompts
SELECT *
FROM mixed_prompts($split::VARCHAR, $subset::VARCHAR)
ORDER BY first_row

-- name: groups
-- Which images does each prompt have, and how did people rank and rate them?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, part, prompt_id, prompt, classification, image_path, rank, overall_rating, image_text_alignment_rating, fidelity_rating, first_row
-- reads: prompt_groups
SELECT *
FROM prompt_groups($split::VARCHAR, $subset::VARCHAR)
ORDER BY first_row

-- name: images
-- Which images are there, and how did people rank and rate them?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating, split, part, image_id, row_index
-- reads: subset_images
SELECT *
FROM subset_images($subset::VARCHAR, $split::VARCHAR)
ORDER BY row_index

-- name: prompt_images
-- Which images does one prompt have, from the best rank to the worst?
-- Images without a rank come last.
-- param split: the split of the prompt; every split that has the prompt unless given
-- param prompt_id: the prompt; every prompt unless given
-- returns: split, prompt_id, prompt, classification, image_path, rank, overall_rating, image_text_alignment_rating, fidelity_rating, generator, row_index
-- important: image_path, rank, overall_rating, image_text_alignment_rating, fidelity_rating, prompt
-- reads: subset_images
SELECT
    split,
    prompt_id,
    prompt,
    classification,
    image_path,
    rank,
    overall_rating,
    image_text_alignment_rating,
    fidelity_rating,
    generator,
    row_index
FROM subset_images(NULL, $split::VARCHAR)
WHERE $prompt_id::VARCHAR IS NULL OR prompt_id = $prompt_id::VARCHAR
ORDER BY split ASC, prompt_id ASC, rank ASC NULLS LAST, row_index ASC

-- name: example_images
-- What do the images of some prompts look like, from best to worst?
-- The prompts are those whose ids have the smallest MD5 digests: the same in every order of rows, and no choice of ours.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param prompts: number of prompts; 6 unless given
-- returns: split, prompt_id, prompt, classification, image_path, rank, overall_rating, image_text_alignment_rating, fidelity_rating
-- reads: prompt_counts, subset_images, whole_number
WITH chosen AS (
    SELECT
        split,
        prompt_id,
        row_number() OVER (ORDER BY md5(prompt_id) ASC, first_row ASC) AS place
    FROM prompt_counts($split::VARCHAR, $subset::VARCHAR)
)

SELECT
    images.split,
    images.prompt_id,
    images.prompt,
    images.classification,
    images.image_path,
    images.rank,
    images.overall_rating,
    images.image_text_alignment_rating,
    images.fidelity_rating
FROM subset_images($subset::VARCHAR, $split::VARCHAR) AS images
INNER JOIN chosen ON images.split = chosen.split AND images.prompt_id = chosen.prompt_id
WHERE chosen.place <= coalesce(whole_number($prompts), 6)
ORDER BY chosen.place ASC, images.rank ASC NULLS LAST, images.row_index ASC

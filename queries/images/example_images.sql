-- name: example_images
-- What do the images of some prompts look like, from best to worst?
-- Prompts are selected by the smallest MD5 digests of their ids, which does not depend on the order of rows.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param prompts: number of prompts; 6 unless given
-- returns: split, prompt_id, prompt, classification, image_path, rank, overall_rating, image_text_alignment_rating, fidelity_rating
-- important: prompt, image_path, rank, overall_rating, classification
-- reads: prompt_counts, subset_images, whole_number
WITH selected AS (
    SELECT
        split,
        prompt_id,
        row_number() OVER (ORDER BY md5(prompt_id) ASC, first_row ASC) AS prompt_number
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
INNER JOIN selected ON images.split = selected.split AND images.prompt_id = selected.prompt_id
WHERE selected.prompt_number <= coalesce(whole_number($prompts), 6)
ORDER BY selected.prompt_number ASC, images.rank ASC NULLS LAST, images.row_index ASC

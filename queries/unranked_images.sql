-- name: unranked_images
-- Which images have no rank?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, prompt, image_path, row_index
-- reads: unranked_images
SELECT *
FROM unranked_images($split::VARCHAR, $subset::VARCHAR)
ORDER BY row_index

-- name: keyless_rows
-- Which rows have no image_path or no prompt_id?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, image_path, prompt_id, prompt, row_index
-- reads: keyless_rows
SELECT *
FROM keyless_rows($split::VARCHAR, $subset::VARCHAR)
ORDER BY row_index

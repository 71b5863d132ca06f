-- name: broken_images
-- Which images have a file that is missing, empty or corrupt?
-- No image is read: `irdb verify` reads them all and finds more.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, image_path, location, member, size, status, detail, row_index
-- reads: broken_images
SELECT *
FROM broken_images($split::VARCHAR, $subset::VARCHAR)
ORDER BY row_index

-- name: misplaced_images
-- Which images have a path that names another split than their row, or two splits?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, image_path, path_split, folder_split, row_index
-- reads: misplaced_images
SELECT *
FROM misplaced_images($split::VARCHAR, $subset::VARCHAR)
ORDER BY row_index

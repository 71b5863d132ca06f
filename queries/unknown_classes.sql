-- name: unknown_classes
-- Which images have a classification that is none of the twelve?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, image_path, classification, row_index
-- reads: unknown_classes
SELECT *
FROM unknown_classes($split::VARCHAR, $subset::VARCHAR)
ORDER BY row_index

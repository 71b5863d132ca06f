-- name: ratings
-- Which rating of each kind did each image get?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, image_path, kind, rating, row_index
-- reads: image_ratings
SELECT *
FROM image_ratings($split::VARCHAR, $subset::VARCHAR)
ORDER BY row_index, kind

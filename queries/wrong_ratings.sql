-- name: wrong_ratings
-- Which ratings are below 1 or above 7?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, image_path, kind, rating, row_index
-- reads: wrong_ratings
SELECT *
FROM wrong_ratings($split::VARCHAR, $subset::VARCHAR)
ORDER BY row_index, kind

-- name: wrong_ranks
-- Which images have a rank below 1 or above 5?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, prompt, image_path, rank, row_index
-- reads: wrong_ranks
SELECT *
FROM wrong_ranks($split::VARCHAR, $subset::VARCHAR)
ORDER BY row_index

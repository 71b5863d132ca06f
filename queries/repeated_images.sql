-- name: repeated_images
-- Which images stand in more than one row?
-- Every row counts as an image: one that is repeated makes a tied pair with its copy and repeats its other pairs.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: image_path, image_rows, splits, prompt_ids, ranks
-- reads: repeated_images
SELECT *
FROM repeated_images($split::VARCHAR, $subset::VARCHAR)
ORDER BY image_rows DESC, image_path ASC

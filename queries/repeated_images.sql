-- name: repeated_images
-- Which images stand in more than one row?
-- Every row counts as an image: one that is repeated makes a tied pair with its copy and repeats its other pairs.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: image_path, image_rows, splits, prompt_ids, ranks
-- reads: subset_images
SELECT
    image_path,
    count(*) AS image_rows,
    count(DISTINCT split) AS splits,
    count(DISTINCT prompt_id) AS prompt_ids,
    count(DISTINCT rank) AS ranks
FROM subset_images($subset::VARCHAR, $split::VARCHAR)
GROUP BY image_path
HAVING count(*) > 1
ORDER BY image_rows DESC, image_path ASC

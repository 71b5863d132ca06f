-- name: images_per_rank
-- How many images have each rank?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, rank, images, image_share
-- reads: subset_images
SELECT
    split,
    rank,
    count(*) AS images,
    count(*) / sum(count(*)) OVER (PARTITION BY split) AS image_share
FROM subset_images($subset::VARCHAR, $split::VARCHAR)
GROUP BY split, rank
ORDER BY split, rank NULLS LAST

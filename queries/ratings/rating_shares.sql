-- name: rating_shares
-- How often did people give each rating?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, kind, rating, images, rating_share
-- reads: image_ratings
SELECT
    split,
    kind,
    rating,
    count(*) AS images,
    count(*) / sum(count(*)) OVER (PARTITION BY split, kind) AS rating_share
FROM image_ratings($split::VARCHAR, $subset::VARCHAR)
WHERE rating IS NOT NULL
GROUP BY split, kind, rating
ORDER BY split, kind, rating

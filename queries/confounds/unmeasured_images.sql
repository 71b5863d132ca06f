-- name: unmeasured_images
-- How many images of each split lack a measure?
-- score_confounds compares scores with measures on images that have all of them (see image_measures); it leaves the others out.
-- returns: split, images, unmeasured_images
-- reads: images, image_measures
SELECT
    images.split,
    count(*) AS images,
    count(*) FILTER (
        WHERE
        measures.size IS NULL
        OR measures.width IS NULL
        OR measures.height IS NULL
        OR measures.brightness IS NULL
        OR measures.saturation IS NULL
        OR measures.sharpness IS NULL
        OR measures.entropy IS NULL
    ) AS unmeasured_images
FROM images
LEFT JOIN image_measures AS measures ON images.image_path = measures.image_path
GROUP BY images.split
ORDER BY images.split

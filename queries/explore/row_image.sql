-- name: row_image
-- What is the path of the image of one row?
-- param row: the row_index of the image
-- returns: row_index, image_path
-- reads: images
SELECT
    row_index,
    image_path
FROM images
WHERE row_index = $row::BIGINT
ORDER BY row_index

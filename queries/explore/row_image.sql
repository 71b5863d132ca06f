-- name: row_image
-- What is the path of the image of one row?
-- param row: the row_index of the image
-- returns: row_index, image_path
-- reads: images
-- spark: no, it finds rows for pages of irdb explore, which opens a database of DuckDB
SELECT
    row_index,
    image_path
FROM images
WHERE row_index = $row::BIGINT
ORDER BY row_index

-- name: example_rows
-- Which images stand for those of their split: the first and the last?
-- returns: split, row_index
-- reads: images
WITH ends AS (
    SELECT
        split,
        min(row_index) AS first_row,
        max(row_index) AS last_row
    FROM images
    GROUP BY split
)

SELECT
    images.split,
    images.row_index
FROM images
INNER JOIN ends ON images.split = ends.split
WHERE images.row_index IN (ends.first_row, ends.last_row)
ORDER BY images.row_index

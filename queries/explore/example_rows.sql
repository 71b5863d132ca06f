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
    split,
    first_row AS row_index
FROM ends
UNION
SELECT
    split,
    last_row AS row_index
FROM ends
ORDER BY row_index

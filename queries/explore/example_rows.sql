-- name: example_rows
-- Which images, at equal distances in the files, stand for all?
-- param number: how many; 3 unless given
-- returns: row_index
-- reads: images, whole_number
WITH placed AS (
    SELECT
        row_index,
        row_number() OVER (ORDER BY row_index) AS place,
        count(*) OVER () AS total
    FROM images
)

SELECT row_index
FROM placed
WHERE (place - 1) % greatest(1, total // coalesce(whole_number($number), 3)) = 0
ORDER BY row_index
LIMIT coalesce(whole_number($number), 3)

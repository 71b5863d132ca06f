-- name: path_rows
-- Which of some texts are paths of images, and which row has each?
-- Of a path that occurs in several rows, it is the first.
-- param paths: the texts, one a line
-- returns: image_path, row_index
-- reads: images
-- spark: no, lines are not split there as here
WITH firsts AS (
    SELECT
        image_path,
        min(row_index) AS first_row
    FROM images
    WHERE list_contains(string_split($paths::VARCHAR, chr(10)), image_path)
    GROUP BY image_path
)

SELECT
    image_path,
    first_row AS row_index
FROM firsts
ORDER BY first_row

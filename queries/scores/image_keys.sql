-- name: image_keys
-- One row per name that identifies an image in scores: its path, and its file name or image_id if they are unique.
-- image_row is the row_index of the image, or of its first row if the path occurs in several: the name then identifies all of them.
-- Images of left_out_images have names, too, so that their scores are not taken for scores of no image.
-- returns: image_key VARCHAR, image_row BIGINT
-- reads: metadata, left_out_images, plain_path
CREATE OR REPLACE VIEW image_keys AS
WITH paths AS (
    SELECT
        metadata.image_path,
        split_part(split_part(plain_path(metadata.image_path), '/', -1), '.', 1) AS image_id,
        coalesce(
            min(metadata.row_index) FILTER (WHERE left_out_images.row_index IS NULL), min(metadata.row_index)
        ) AS image_row
    FROM metadata
    LEFT JOIN left_out_images ON metadata.row_index = left_out_images.row_index
    WHERE metadata.image_path IS NOT NULL AND metadata.prompt_id IS NOT NULL
    GROUP BY metadata.image_path
),

names AS (
    SELECT
        image_path AS image_key,
        image_path,
        image_row
    FROM paths
    UNION ALL
    SELECT
        split_part(plain_path(image_path), '/', -1) AS image_key,
        image_path,
        image_row
    FROM paths
    WHERE image_path <> split_part(plain_path(image_path), '/', -1)
    UNION ALL
    SELECT
        image_id AS image_key,
        image_path,
        image_row
    FROM paths
    WHERE image_id <> split_part(plain_path(image_path), '/', -1)
)

SELECT
    image_key,
    coalesce(max(image_row) FILTER (WHERE image_path = image_key), min(image_row)) AS image_row
FROM names
GROUP BY image_key
HAVING count(*) = 1 OR count(*) FILTER (WHERE image_path = image_key) > 0

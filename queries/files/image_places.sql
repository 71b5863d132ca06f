-- name: image_places
-- One row per image with the folder and file name in its path; the zip of a folder has the folder's name.
-- Unlike images, it has every image of the source, left_out_images included, but for unselected_images.
-- returns: image_path VARCHAR, split VARCHAR, folder VARCHAR, file_name VARCHAR, row_index BIGINT
-- reads: metadata, unselected_images, plain_path
-- source: dataset card of ImageRewardDB
CREATE OR REPLACE VIEW image_places AS
SELECT
    image_path,
    split,
    left(
        plain_path(image_path),
        greatest(length(plain_path(image_path)) - length(split_part(plain_path(image_path), '/', -1)) - 1, 0)
    ) AS folder,
    split_part(plain_path(image_path), '/', -1) AS file_name,
    row_index
FROM metadata
ANTI JOIN unselected_images ON metadata.row_index = unselected_images.row_index
WHERE image_path IS NOT NULL AND prompt_id IS NOT NULL

-- name: image_places
-- One row an image: the folder and file name that its path consists of; the zip of a folder is named after it.
-- Unlike images it lists every image of the source, also where only those with a good file were asked for.
-- returns: image_path, split, folder, file_name, row_index
-- reads: metadata
-- source: dataset card of ImageRewardDB
CREATE OR REPLACE VIEW image_places AS
SELECT
    image_path,
    split,
    left(image_path, greatest(length(image_path) - length(split_part(image_path, '/', -1)) - 1, 0)) AS folder,
    split_part(image_path, '/', -1) AS file_name,
    row_index
FROM metadata
WHERE image_path IS NOT NULL AND prompt_id IS NOT NULL

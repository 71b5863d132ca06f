-- name: bad_images
-- Images whose file is not ok, according to the listings of folders and zips.
-- returns: row_index
-- reads: image_files
CREATE OR REPLACE MACRO bad_images() AS TABLE
    SELECT row_index
    FROM image_files
    WHERE status <> 'ok'

-- name: bad_images
-- Images whose file is missing, empty or damaged: those of image_files with a status other than ok.
-- returns: row_index BIGINT
-- reads: image_files
CREATE OR REPLACE MACRO bad_images() AS TABLE
    SELECT row_index
    FROM image_files
    WHERE status <> 'ok'

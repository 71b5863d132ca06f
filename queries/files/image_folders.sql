-- name: image_folders
-- Folders that images are in, unpacked or as a zip with the name of the folder.
-- returns: folder VARCHAR
-- reads: image_places
CREATE OR REPLACE MACRO image_folders() AS TABLE
    SELECT DISTINCT folder
    FROM image_places

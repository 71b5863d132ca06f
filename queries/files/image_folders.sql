-- name: image_folders
-- Folders in which images lie, unpacked or in a zip named after the folder.
-- returns: folder
-- reads: image_places
CREATE OR REPLACE MACRO image_folders() AS TABLE
    SELECT DISTINCT folder
    FROM image_places

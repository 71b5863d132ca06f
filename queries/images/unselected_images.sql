-- name: unselected_images
-- Images outside the subset and classifications that were asked for; empty unless the database has only some.
-- They are in left_out_images, too, and have no row in image_places and image_files.
-- returns: row_index BIGINT
CREATE OR REPLACE VIEW unselected_images AS
SELECT cast(0 AS BIGINT) AS row_index
WHERE FALSE

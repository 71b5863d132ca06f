-- name: left_out_images
-- Images that are left out of images and all that follows: none, unless only those with a good file were asked for.
-- returns: row_index
CREATE OR REPLACE VIEW left_out_images AS
SELECT cast(0 AS BIGINT) AS row_index
WHERE FALSE

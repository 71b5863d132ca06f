-- name: left_out_images
-- Images that the view images leaves out; empty unless only intact images, a subset or classifications were requested.
-- returns: row_index BIGINT
CREATE OR REPLACE VIEW left_out_images AS
SELECT cast(0 AS BIGINT) AS row_index
WHERE FALSE

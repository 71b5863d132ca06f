-- name: left_out_images
-- Images that the view images leaves out; empty unless only images with an intact file were requested.
-- returns: row_index
CREATE OR REPLACE VIEW left_out_images AS
SELECT cast(0 AS BIGINT) AS row_index
WHERE FALSE

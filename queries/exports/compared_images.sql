-- name: compared_images
-- One row per image of the two exports, sets or splits that are checked for leaks; empty otherwise.
-- side is a or b; content_hash is a hash of the image's bytes, comparable within one check, NULL if they are not available.
-- returns: side VARCHAR, prompt_id VARCHAR, prompt VARCHAR, image_path VARCHAR, content_hash BIGINT
CREATE OR REPLACE VIEW compared_images AS
SELECT
    cast('' AS VARCHAR) AS side,
    cast('' AS VARCHAR) AS prompt_id,
    cast('' AS VARCHAR) AS prompt,
    cast('' AS VARCHAR) AS image_path,
    cast(0 AS BIGINT) AS content_hash
WHERE FALSE

-- name: split_keys
-- What tells an image of two exports or splits, of which a check looks for leaks: none unless given.
-- side is a or b; content is a hash of the image's bytes, comparable within one check, NULL where they are not there.
-- returns: side, prompt_id, prompt, image_path, content
CREATE OR REPLACE VIEW split_keys AS
SELECT
    cast('' AS VARCHAR) AS side,
    cast('' AS VARCHAR) AS prompt_id,
    cast('' AS VARCHAR) AS prompt,
    cast('' AS VARCHAR) AS image_path,
    cast(0 AS BIGINT) AS content
WHERE FALSE

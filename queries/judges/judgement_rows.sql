-- name: judgement_rows
-- One row per given judgement: a judge's verdict on two images in the order in which they were shown; empty unless judgements are given.
-- An image is called by its path, file name or image_id. prompt_id is NULL where none is given, verdict is what the judge wrote; source
-- and source_row say where it was read, counting from 1; judgement_number counts all judgements in the order in which they were given.
-- returns: judge VARCHAR, first_image VARCHAR, second_image VARCHAR, prompt_id VARCHAR, verdict VARCHAR, source VARCHAR, source_row BIGINT, judgement_number BIGINT
CREATE OR REPLACE VIEW judgement_rows AS
SELECT
    cast('' AS VARCHAR) AS judge,
    cast('' AS VARCHAR) AS first_image,
    cast('' AS VARCHAR) AS second_image,
    cast('' AS VARCHAR) AS prompt_id,
    cast('' AS VARCHAR) AS verdict,
    cast('' AS VARCHAR) AS source,
    cast(0 AS BIGINT) AS source_row,
    cast(0 AS BIGINT) AS judgement_number
WHERE FALSE

-- name: generator_scores
-- One row an image that a generator made for a prompt, with a scorer's number for it: none unless given.
-- returns: generator, prompt_id, score
CREATE OR REPLACE VIEW generator_scores AS
SELECT
    cast('' AS VARCHAR) AS generator,
    cast('' AS VARCHAR) AS prompt_id,
    cast(0 AS DOUBLE) AS score
WHERE FALSE

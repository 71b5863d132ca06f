-- name: generator_scores
-- One row per image of a generator: its prompt and score; empty unless scores of generators are given.
-- returns: generator VARCHAR, prompt_id VARCHAR, score DOUBLE
CREATE OR REPLACE VIEW generator_scores AS
SELECT
    cast('' AS VARCHAR) AS generator,
    cast('' AS VARCHAR) AS prompt_id,
    cast(0 AS DOUBLE) AS score
WHERE FALSE

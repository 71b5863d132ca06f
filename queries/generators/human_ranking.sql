-- name: human_ranking
-- One row a generator with the place that people gave it, 1 is best: none unless given.
-- returns: generator, human_rank
CREATE OR REPLACE VIEW human_ranking AS
SELECT
    cast('' AS VARCHAR) AS generator,
    cast(0 AS DOUBLE) AS human_rank
WHERE FALSE

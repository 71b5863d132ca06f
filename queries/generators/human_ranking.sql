-- name: human_ranking
-- One row per generator with its rank in a human ranking, 1 is best; empty unless a ranking is given.
-- returns: generator VARCHAR, human_rank DOUBLE
CREATE OR REPLACE VIEW human_ranking AS
SELECT
    cast('' AS VARCHAR) AS generator,
    cast(0 AS DOUBLE) AS human_rank
WHERE FALSE

-- name: tie_epsilons
-- The tuned ε of each scorer, one row a scorer: none unless ties are tuned; a scorer without one has 0.
-- returns: scorer, epsilon
CREATE OR REPLACE VIEW tie_epsilons AS
SELECT
    cast('' AS VARCHAR) AS scorer,
    cast(0 AS DOUBLE) AS epsilon
WHERE FALSE

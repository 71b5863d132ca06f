-- name: tie_epsilons
-- One row per scorer with its tuned ε; empty unless ties are tuned, and a scorer without a row has the ε 0.
-- returns: scorer VARCHAR, epsilon DOUBLE
CREATE OR REPLACE VIEW tie_epsilons AS
SELECT
    cast('' AS VARCHAR) AS scorer,
    cast(0 AS DOUBLE) AS epsilon
WHERE FALSE

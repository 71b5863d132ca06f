-- name: metrics
-- Which metrics of a scorer are there, and what is each a share or mean of?
-- returns: place, metric, of_pairs, unit, meaning, source
-- reads: metrics
SELECT *
FROM metrics
ORDER BY place

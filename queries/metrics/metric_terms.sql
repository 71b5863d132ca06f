-- name: metric_terms
-- One row per metric and term of it, with the term's role: numerator, denominator, chance or pairs.
-- returns: metric VARCHAR, of_pairs BOOLEAN, role VARCHAR, term VARCHAR
-- reads: evaluated_metrics
CREATE OR REPLACE VIEW metric_terms AS
SELECT
    metric,
    of_pairs,
    'numerator' AS role,
    numerator AS term
FROM evaluated_metrics
UNION ALL
SELECT
    metric,
    of_pairs,
    'denominator' AS role,
    denominator AS term
FROM evaluated_metrics
UNION ALL
SELECT
    metric,
    of_pairs,
    'chance' AS role,
    chance AS term
FROM evaluated_metrics
UNION ALL
SELECT
    metric,
    of_pairs,
    'pairs' AS role,
    pairs AS term
FROM evaluated_metrics
WHERE pairs IS NOT NULL

-- name: reproduction_verdict
-- Whether a computed value confirms the published one: equal, different or not computable.
-- A difference of exactly half a unit is still equal, as the published value may have been rounded either way; differences are
-- rounded to 9 decimal places, so that floating point does not decide.
-- param computed_value: the computed value; NULL is not computable
-- param published_value: the published value
-- param max_difference: largest difference that is equal, half of the last printed digit
CREATE OR REPLACE MACRO reproduction_verdict(computed_value DOUBLE, published_value DOUBLE, max_difference DOUBLE) AS
CASE
    WHEN computed_value IS NULL THEN 'not computable'
    WHEN round(abs(computed_value - published_value), 9) <= max_difference THEN 'equal'
    ELSE 'different'
END

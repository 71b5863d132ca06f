-- name: figure_verdict
-- Whether a computed figure is the published one: equal, different or not computable.
-- A difference of half a unit is still equal, as the figure may have been rounded either way; what floating point adds to
-- it is passed over.
-- param found_value: what was computed; NULL is not computable
-- param published_value: what was published
-- param half_of_unit: half of the last printed digit
CREATE OR REPLACE MACRO figure_verdict(found_value DOUBLE, published_value DOUBLE, half_of_unit DOUBLE) AS
CASE
    WHEN found_value IS NULL THEN 'not computable'
    WHEN round(abs(found_value - published_value), 9) <= half_of_unit THEN 'equal'
    ELSE 'different'
END

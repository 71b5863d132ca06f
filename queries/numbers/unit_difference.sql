-- name: unit_difference
-- Difference of two numbers as a share of the range that they are from, also where the range is too large for a DOUBLE.
-- NULL where the range is empty.
-- param input_value: the number
-- param from_value: the number to subtract
-- param low_end: lower end of the range
-- param high_end: upper end of the range
CREATE OR REPLACE MACRO unit_difference(input_value DOUBLE, from_value DOUBLE, low_end DOUBLE, high_end DOUBLE) AS
CASE
    WHEN isfinite(high_end - low_end) THEN (input_value - from_value) / nullif(high_end - low_end, 0)
    ELSE (input_value / 2 - from_value / 2) / (high_end / 2 - low_end / 2)
END

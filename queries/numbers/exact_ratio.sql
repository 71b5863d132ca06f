-- name: exact_ratio
-- An aggregate: sum of one column divided by the sum of another, with the same bits in any order of rows.
-- Each number is rounded to 18 decimal places, and sums are exact decimals. NULL if the second sum is 0.
-- param numerator_value: column of the first sum
-- param denominator_value: column of the second sum
-- instead on spark: sum(numerator_value) / nullif(sum(denominator_value), 0)
CREATE OR REPLACE MACRO exact_ratio(numerator_value, denominator_value) AS
cast(sum(cast(numerator_value AS DECIMAL(38, 18))) AS DOUBLE)
/ nullif(cast(sum(cast(denominator_value AS DECIMAL(38, 18))) AS DOUBLE), 0)

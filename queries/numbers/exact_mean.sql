-- name: exact_mean
-- Mean of shares or correlations (an aggregate), the same to the last bit in any order of rows.
-- Numbers are between -1 and 1; each is rounded to 18 decimal places and summed as a whole number.
-- param input_value: the numbers; NULLs are ignored
-- instead on spark: avg(input_value)
CREATE OR REPLACE MACRO exact_mean(input_value) AS
cast(sum(cast(input_value AS DECIMAL(38, 18))) AS DOUBLE) / nullif(count(input_value), 0)

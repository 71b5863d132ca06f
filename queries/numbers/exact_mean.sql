-- name: exact_mean
-- Mean of shares or correlations (an aggregate), the same to the last bit in any order of rows.
-- Each number, between -1 and 1, is taken to 18 decimal places and summed as a whole number.
-- param some_value: the numbers; NULLs are passed over
CREATE OR REPLACE MACRO exact_mean(some_value) AS
cast(sum(cast(some_value AS DECIMAL(38, 18))) AS DOUBLE) / nullif(count(some_value), 0)

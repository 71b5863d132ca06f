-- name: exact_ratio
-- Sum of one column divided by the sum of another (an aggregate), the same to the last bit in any order of rows.
-- Each number is taken to 18 decimal places and summed as a whole number; NULL where the second sum is 0.
-- param some_value: numbers of the first column
-- param other_value: numbers of the second column
CREATE OR REPLACE MACRO exact_ratio(some_value, other_value) AS
cast(sum(cast(some_value AS DECIMAL(38, 18))) AS DOUBLE)
/ nullif(cast(sum(cast(other_value AS DECIMAL(38, 18))) AS DOUBLE), 0)

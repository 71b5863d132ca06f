-- name: float_list
-- A list of numbers as 64-bit floats.
-- param some_numbers: the list
CREATE OR REPLACE MACRO float_list(some_numbers) AS
cast(some_numbers AS DOUBLE[])

-- name: float_list
-- A list of numbers as 64-bit floats.
-- param input_list: the list
CREATE OR REPLACE MACRO float_list(input_list) AS
cast(input_list AS DOUBLE[])

-- name: whole_number
-- A number, or text that is one, as an integer; a fraction or any other text raises an error.
-- param input_value: a number or text; NULL gives NULL
CREATE OR REPLACE MACRO whole_number(input_value) AS
CASE
    WHEN input_value IS NULL THEN NULL
    WHEN try_cast(input_value AS DOUBLE) = floor(try_cast(input_value AS DOUBLE))
        THEN cast(try_cast(input_value AS DOUBLE) AS INTEGER)
    ELSE error(concat('''', input_value, ''' is no whole number'))
END

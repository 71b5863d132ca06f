-- name: whole_number
-- A number, or text that is one, as an integer; a fraction or another word is refused and not rounded.
-- param some_value: a number or text; NULL gives NULL
CREATE OR REPLACE MACRO whole_number(some_value) AS
CASE
    WHEN some_value IS NULL THEN NULL
    WHEN try_cast(some_value AS DOUBLE) = floor(try_cast(some_value AS DOUBLE)) THEN cast(some_value AS INTEGER)
    ELSE error(concat('''', some_value, ''' is no whole number'))
END

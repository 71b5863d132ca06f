-- name: split_name
-- The name of a split, or several names with commas between them, unchanged; a misspelt name is an error and not an empty answer.
-- param input_name: train, validation or test, or several as in 'train,test'; NULL gives NULL
CREATE OR REPLACE MACRO split_name(input_name VARCHAR) AS
CASE
    WHEN input_name IS NULL OR regexp_matches(concat(input_name, ','), '^((train|validation|test),)+$') THEN input_name
    ELSE error(concat('unknown split ''', input_name, ''': a split is train, validation or test'))
END

-- name: split_name
-- The name of a split as it is; a word that names no split is refused, so that a misspelt one is no empty answer.
-- param a_name: train, validation or test; NULL gives NULL
CREATE OR REPLACE MACRO split_name(a_name VARCHAR) AS
CASE
    WHEN a_name IS NULL OR a_name IN ('train', 'validation', 'test') THEN a_name
    ELSE error(concat('unknown split ''', a_name, ''': a split is train, validation or test'))
END

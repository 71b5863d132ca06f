-- name: plain_path
-- An image path with / between its parts and no ./ at its start, as it is published; others are returned as they are.
-- param input_path: a path as metadata has it, such as .\images\test\test_1\a.webp; NULL gives NULL
CREATE OR REPLACE MACRO plain_path(input_path VARCHAR) AS
CASE
    WHEN contains(input_path, '\') OR left(input_path, 2) = './'
        THEN regexp_replace(replace(input_path, '\', '/'), '^(\./+)+', '', 'g')
    ELSE input_path
END

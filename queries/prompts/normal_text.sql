-- name: normal_text
-- Text in lower case, with one space for each run of whitespace and none at the ends.
-- Whitespace is spaces, tabs, line breaks and all that Unicode calls a separator, such as the no-break space.
-- param input_text: text; NULL gives NULL
CREATE OR REPLACE MACRO normal_text(input_text) AS
lower(trim(regexp_replace(input_text, '[\s\p{Z}]+', ' ', 'g')))

-- name: normal_text
-- Text in lower case, with one space for each run of whitespace and none at the ends.
-- Whitespace is spaces, tabs, all ends of lines, the separators of ASCII (1C to 1F) and of Unicode, such as the no-break space.
-- param input_text: text; NULL gives NULL
CREATE OR REPLACE MACRO normal_text(input_text) AS
lower(trim(regexp_replace(input_text, '[\s\p{Z}\x{B}\x{1C}-\x{1F}\x{85}]+', ' ', 'g')))

-- name: normal_text
-- Text in small letters, its runs of white space as one blank, without white space at its ends.
-- White space is blanks, tabs, line breaks and what Unicode calls a separator, such as the no-break space.
-- param some_text: text; NULL gives NULL
CREATE OR REPLACE MACRO normal_text(some_text) AS
lower(trim(regexp_replace(some_text, '[\s\p{Z}]+', ' ', 'g')))

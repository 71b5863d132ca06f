-- name: plain_draw
-- A number from 0 to below 1 that a seed and a text draw, the same on every machine: the first 52 bits of md5 of seed:text.
-- param seed: a whole number; NULL is 0
-- param drawn_text: text; NULL is the empty text
CREATE OR REPLACE MACRO plain_draw(seed BIGINT, drawn_text VARCHAR) AS
cast(cast(concat('0x', left(md5(concat(coalesce(seed, 0), ':', drawn_text)), 13)) AS BIGINT) AS DOUBLE)
/ 4503599627370496

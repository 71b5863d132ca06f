-- name: hash_uniform
-- A pseudo-random number, uniform in [0, 1), from a hash of a seed and a text: the same on every machine.
-- It is the first 13 hexadecimal digits (52 bits) of the md5 of seed, colon and text, divided by 2^52 = 4503599627370496.
-- param seed: a whole number; NULL counts as 0
-- param hashed_text: the text to hash; NULL counts as the empty text
CREATE OR REPLACE MACRO hash_uniform(seed BIGINT, hashed_text VARCHAR) AS
cast(cast(concat('0x', left(md5(concat(coalesce(seed, 0), ':', hashed_text)), 13)) AS BIGINT) AS DOUBLE)
/ 4503599627370496

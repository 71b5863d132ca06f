-- name: hash_uniform
-- A number from 0 to below 1, uniformly distributed, from a hash of a seed and a text.
-- It is the first 52 bits of md5('seed:text'), the same on every machine.
-- param seed: a whole number; NULL is 0
-- param hashed_text: text; NULL is the empty text
CREATE OR REPLACE MACRO hash_uniform(seed BIGINT, hashed_text VARCHAR) AS
cast(cast(concat('0x', left(md5(concat(coalesce(seed, 0), ':', hashed_text)), 13)) AS BIGINT) AS DOUBLE)
/ 4503599627370496

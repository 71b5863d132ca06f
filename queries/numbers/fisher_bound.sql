-- name: fisher_bound
-- The correlation that is a number away from another on Fisher's scale, where z is the inverse of tanh.
-- NULL for correlations of 1 and -1, which have no place there.
-- param r_value: the other correlation
-- param z_change: how much greater its z is
-- source: Fisher 1921
CREATE OR REPLACE MACRO fisher_bound(r_value DOUBLE, z_change DOUBLE) AS
CASE
    WHEN abs(r_value) < 1 THEN 1 - 2 / (1 + (1 + r_value) / (1 - r_value) * exp(2 * z_change))
END

-- name: float_mean
-- Mean of numbers of any size (an aggregate), the same on every run and in any order of rows.
-- param some_value: the numbers; NULLs are passed over
CREATE OR REPLACE MACRO float_mean(some_value) AS
CASE
    WHEN isfinite(fsum(some_value ORDER BY some_value))
        THEN fsum(some_value ORDER BY some_value) / nullif(count(some_value), 0)
    -- The sum is beyond all floats, and the mean is not.
    ELSE fsum(some_value / 1e16 ORDER BY some_value) / nullif(count(some_value), 0) * 1e16
END

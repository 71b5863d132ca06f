-- name: float_mean
-- Mean of numbers of any size (an aggregate), the same to the last bit in any order of rows.
-- param input_value: the numbers; NULLs are ignored
-- instead on spark: avg(input_value)
CREATE OR REPLACE MACRO float_mean(input_value) AS
CASE
    WHEN isfinite(fsum(input_value ORDER BY input_value))
        THEN fsum(input_value ORDER BY input_value) / nullif(count(input_value), 0)
    -- The sum may overflow although the mean does not.
    ELSE fsum(input_value / 1e16 ORDER BY input_value) / nullif(count(input_value), 0) * 1e16
END

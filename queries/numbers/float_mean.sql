-- name: float_mean
-- Mean of numbers of any size (an aggregate), the same to the last bit in any order of rows.
-- param input_value: the numbers; NULLs are ignored
-- instead on spark: avg(input_value)
CREATE OR REPLACE MACRO float_mean(input_value) AS
-- The engine sorts a list in half the time in which it sorts what an aggregate sums.
CASE
    WHEN isfinite(list_aggregate(list(cast(input_value AS DOUBLE) ORDER BY input_value), 'fsum'))
        THEN
            list_aggregate(list(cast(input_value AS DOUBLE) ORDER BY input_value), 'fsum')
            / nullif(count(input_value), 0)
    -- The sum may overflow although the mean does not.
    ELSE
        list_aggregate(list(cast(input_value AS DOUBLE) / 1e16 ORDER BY input_value), 'fsum')
        / nullif(count(input_value), 0) * 1e16
END

-- name: float_mean
-- Mean of numbers of any size (an aggregate), the same to the last bit in any order of rows.
-- param input_value: the numbers; NULLs are ignored
-- instead on spark: avg(input_value)
CREATE OR REPLACE MACRO float_mean(input_value) AS
-- The numbers are sorted once, as a list: the engine would sort them for each sum.
CASE
    WHEN isfinite(list_aggregate(list(cast(input_value AS DOUBLE) ORDER BY input_value), 'fsum'))
        THEN
            list_aggregate(list(cast(input_value AS DOUBLE) ORDER BY input_value), 'fsum')
            / nullif(count(input_value), 0)
    -- The sum may overflow although the mean does not.
    ELSE
        list_aggregate(
            list_transform(list(cast(input_value AS DOUBLE) ORDER BY input_value), LAMBDA number: number / 1e16), 'fsum'
        ) / nullif(count(input_value), 0) * 1e16
END

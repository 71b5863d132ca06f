-- name: softplus
-- The natural logarithm of 1 + exp(x), for x of any size: minus the logarithm of the probability that log odds of -x give.
-- param input_value: the number x
CREATE OR REPLACE MACRO softplus(input_value DOUBLE) AS
greatest(input_value, 0.0)
+ CASE
    -- 1 + exp(x) is rounded where exp(x) is small; its logarithm is that of the series.
    WHEN abs(input_value) > 12
        THEN exp(-abs(input_value)) - exp(-2 * abs(input_value)) / 2 + exp(-3 * abs(input_value)) / 3
    ELSE ln(1 + exp(-abs(input_value)))
END

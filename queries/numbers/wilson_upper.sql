-- name: wilson_upper
-- Upper Wilson bound of a share, 95 % by default; NULL if n is 0 or less than the successes.
-- It assumes independent draws, which pairs of one prompt are not: do not use it on pairs.
-- param n_successes: number of the draws that succeeded
-- param n_draws: number of draws
-- param z_value: standard normal quantile of the confidence level
-- source: Wilson 1927
CREATE OR REPLACE MACRO wilson_upper(
    n_successes DOUBLE,
    n_draws DOUBLE,
    z_value DOUBLE := 1.959963984540054
) AS
CASE
    WHEN n_draws > 0 AND n_successes BETWEEN 0 AND n_draws
        THEN least(
            1.0,
            (
                n_successes + z_value * z_value / 2
                + z_value * sqrt(
                    n_successes * (n_draws - n_successes) / nullif(n_draws, 0) + z_value * z_value / 4
                )
            ) / (nullif(n_draws, 0) + z_value * z_value)
        )
END

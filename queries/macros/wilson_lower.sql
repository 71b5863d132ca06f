-- name: wilson_lower
-- Lower Wilson bound of a share, 95 % by default; NULL where n is 0.
-- It assumes independent draws: pairs of one prompt are none, so do not use it on pairs.
-- param n_successes: how many of the n draws succeeded
-- param n_draws: number of draws
-- param z_value: standard normal quantile of the confidence level
-- source: Wilson 1927
CREATE OR REPLACE MACRO wilson_lower(n_successes, n_draws, z_value := 1.959963984540054) AS
(
    cast(n_successes AS DOUBLE) + z_value * z_value / 2
    - z_value * sqrt(
        cast(n_successes AS DOUBLE) * (n_draws - n_successes) / nullif(n_draws, 0) + z_value * z_value / 4
    )
) / (nullif(n_draws, 0) + z_value * z_value)

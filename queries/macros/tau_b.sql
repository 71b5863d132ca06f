-- name: tau_b
-- Kendall's tau-b from counts of pairs; NULL where one of the two orders ties every pair.
-- param n_concordant: pairs that both put in the same order
-- param n_discordant: pairs that they put in opposite orders
-- param n_first_tied: pairs that only the first one ties
-- param n_second_tied: pairs that only the second one ties
-- source: Kendall 1945
CREATE OR REPLACE MACRO tau_b(n_concordant, n_discordant, n_first_tied, n_second_tied) AS
cast(n_concordant - n_discordant AS DOUBLE) / nullif(
    sqrt(cast(n_concordant + n_discordant + n_first_tied AS DOUBLE))
    * sqrt(cast(n_concordant + n_discordant + n_second_tied AS DOUBLE)),
    0
)

-- name: tau_b
-- Kendall's tau-b from counts of pairs; NULL where one of the two orders ties every pair.
-- param n_concordant: pairs that both put in the same order
-- param n_discordant: pairs that they put in opposite orders
-- param n_first_tied: pairs that only the first one ties
-- param n_second_tied: pairs that only the second one ties
-- source: Kendall 1945
CREATE OR REPLACE MACRO tau_b(
    n_concordant DOUBLE,
    n_discordant DOUBLE,
    n_first_tied DOUBLE,
    n_second_tied DOUBLE
) AS
(n_concordant - n_discordant) / nullif(
    sqrt((n_concordant + n_discordant + n_first_tied) * (n_concordant + n_discordant + n_second_tied)),
    0
)

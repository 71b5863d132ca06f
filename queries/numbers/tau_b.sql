-- name: tau_b
-- Kendall's tau-b of two rankings from counts of pairs; NULL if a ranking ties every pair, or a count is negative.
-- param n_concordant: pairs in the same order in both rankings
-- param n_discordant: pairs in opposite order
-- param n_first_tied: pairs tied in the first ranking only
-- param n_second_tied: pairs tied in the second ranking only
-- source: Kendall 1945
CREATE OR REPLACE MACRO tau_b(
    n_concordant DOUBLE,
    n_discordant DOUBLE,
    n_first_tied DOUBLE,
    n_second_tied DOUBLE
) AS
CASE
    WHEN least(n_concordant, n_discordant, n_first_tied, n_second_tied) >= 0
        THEN (n_concordant - n_discordant) / nullif(
            sqrt((n_concordant + n_discordant + n_first_tied) * (n_concordant + n_discordant + n_second_tied)),
            0
        )
END

-- name: effective_trials
-- How many independent draws would leave a share as uncertain as clusters of draws do; NULL below two clusters.
-- It is share (1 - share) / variance, less one cluster. A share of 0 or 1, of which no variance can be seen, counts as one draw a cluster;
-- a variance of 0 of another share as the draws that there are.
-- param share_value: the share
-- param share_variance: its variance, the sum over clusters of squared residuals
-- param n_clusters: number of clusters, such as prompts
-- param n_draws: number of draws
-- source: Dean and Pagano 2015, 10.1093/jssam/smv024
CREATE OR REPLACE MACRO effective_trials(
    share_value DOUBLE,
    share_variance DOUBLE,
    n_clusters BIGINT,
    n_draws DOUBLE
) AS
CASE
    WHEN n_clusters < 2 THEN NULL
    WHEN share_value <= 0 OR share_value >= 1 THEN cast(n_clusters AS DOUBLE)
    ELSE
        coalesce(
            share_value * (1 - share_value) / nullif(share_variance, 0) * (n_clusters - 1) / nullif(n_clusters, 0),
            n_draws
        )
END

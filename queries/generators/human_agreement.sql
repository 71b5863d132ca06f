-- name: human_agreement
-- Spearman's correlation of the ranking of generators by mean score with the human ranking.
-- Only generators that people ranked count. NULL if there are fewer than two, or if a ranking ties all. Ties have average ranks.
-- returns: generators BIGINT, spearman DOUBLE
-- reads: generator_stats, pearson
-- source: ImageReward paper, arXiv 2304.05977, table 1
-- query: human_agreement
-- question: How well does the ranking of generators by mean score agree with the human ranking?
-- order: generators
CREATE OR REPLACE MACRO human_agreement() AS TABLE
    WITH doubled_ranks AS (
        SELECT
            -- Average ranks are doubled, as pearson takes whole numbers.
            2 * rank() OVER (ORDER BY mean_score DESC) + count(*) OVER (PARTITION BY mean_score) AS doubled_score_rank,
            2 * rank() OVER (ORDER BY human_rank) + count(*) OVER (PARTITION BY human_rank) AS doubled_human_rank
        FROM generator_stats()
        WHERE human_rank IS NOT NULL
    )

    SELECT
        count(*) AS generators,
        pearson(doubled_score_rank, doubled_human_rank, 1) AS spearman
    FROM doubled_ranks
    HAVING count(*) > 0

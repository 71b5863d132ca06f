-- name: human_agreement
-- Spearman's correlation of the generators' order by mean score with that of people, over the generators that people ranked.
-- NULL where there are fewer than two, or where either order is the same for all. Ties have average ranks.
-- returns: generators, spearman
-- reads: generator_stats, pearson
-- source: ImageReward paper, arXiv 2304.05977, table 1
-- query: human_agreement
-- question: How well does the order of generators by mean score agree with that of people?
-- order: generators
CREATE OR REPLACE MACRO human_agreement() AS TABLE
    WITH places AS (
        SELECT
            -- Average ranks, doubled, which makes them whole numbers.
            2 * rank() OVER (ORDER BY mean_score DESC) + count(*) OVER (PARTITION BY mean_score) AS score_place,
            2 * rank() OVER (ORDER BY human_rank) + count(*) OVER (PARTITION BY human_rank) AS human_place
        FROM generator_stats()
        WHERE human_rank IS NOT NULL
    )

    SELECT
        count(*) AS generators,
        pearson(score_place, human_place, 1) AS spearman
    FROM places
    HAVING count(*) > 0

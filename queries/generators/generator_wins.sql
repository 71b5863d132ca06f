-- name: generator_wins
-- One row per ordered pair of generators: wins, ties and losses over the prompts that both have images for.
-- A generator (a model that makes images) wins a prompt if the mean score of its images for it is higher, or if it has more votes where
-- no scores are given. win_rate is (wins + ties / 2) / prompts.
-- returns: generator VARCHAR, other_generator VARCHAR, prompts BIGINT, wins BIGINT, ties BIGINT, losses BIGINT, win_rate DOUBLE
-- reads: generator_pairs
-- query: generator_wins
-- question: How often does each generator beat each of the others?
-- order: generator, other_generator
CREATE OR REPLACE MACRO generator_wins() AS TABLE
    WITH both_ways AS (
        SELECT
            generator,
            other_generator,
            outcome
        FROM generator_pairs()
        UNION ALL
        SELECT
            other_generator AS generator,
            generator AS other_generator,
            -outcome AS outcome
        FROM generator_pairs()
    ),

    counted AS (
        SELECT
            generator,
            other_generator,
            count(*) AS prompts,
            count(*) FILTER (WHERE outcome = 1) AS wins,
            count(*) FILTER (WHERE outcome = 0) AS ties,
            count(*) FILTER (WHERE outcome = -1) AS losses
        FROM both_ways
        GROUP BY generator, other_generator
    )

    SELECT
        *,
        (wins + cast(ties AS DOUBLE) / 2) / nullif(prompts, 0) AS win_rate
    FROM counted

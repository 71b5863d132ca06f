-- name: generator_wins
-- How often a generator wins against another, over the prompts that both made images for; one row an ordered pair of them.
-- A generator wins a prompt if the mean score of its images there is higher. win_rate is (wins + ties / 2) / prompts.
-- returns: generator, other_generator, prompts, wins, ties, losses, win_rate
-- reads: generator_prompts
CREATE OR REPLACE MACRO generator_wins() AS TABLE
    WITH counted AS (
        SELECT
            one.generator,
            other.generator AS other_generator,
            count(*) AS prompts,
            count(*) FILTER (WHERE one.mean_score > other.mean_score) AS wins,
            count(*) FILTER (WHERE one.mean_score = other.mean_score) AS ties,
            count(*) FILTER (WHERE one.mean_score < other.mean_score) AS losses
        FROM generator_prompts() AS one
        INNER JOIN generator_prompts() AS other
            ON one.prompt_id = other.prompt_id AND one.generator <> other.generator
        GROUP BY one.generator, other.generator
    )

    SELECT
        *,
        (wins + cast(ties AS DOUBLE) / 2) / nullif(prompts, 0) AS win_rate
    FROM counted

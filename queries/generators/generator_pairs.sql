-- name: generator_pairs
-- One row per prompt and two generators with images for it: which one has the higher mean score, or more of people's votes.
-- outcome is 1 if generator wins, -1 if other_generator wins, and 0 for a tie; generator comes first in alphabetical order. Means
-- that differ by less than 1e-12 of their size are a tie, as rounding alone can make such a difference.
-- Votes count where no scores of generators are given.
-- returns: generator VARCHAR, other_generator VARCHAR, prompt_id VARCHAR, outcome INTEGER
-- reads: generator_prompts, generator_scores, generator_votes
-- query: generator_pairs
-- question: Which of two generators has the higher mean score, or more votes, on each prompt?
-- order: prompt_id, generator, other_generator
CREATE OR REPLACE MACRO generator_pairs() AS TABLE
    SELECT
        base.generator,
        rival.generator AS other_generator,
        base.prompt_id,
        CASE
            WHEN
                abs(base.mean_score - rival.mean_score)
                <= 1e-12 * greatest(abs(base.mean_score), abs(rival.mean_score)) THEN 0
            WHEN base.mean_score > rival.mean_score THEN 1
            ELSE -1
        END AS outcome
    FROM generator_prompts() AS base
    INNER JOIN generator_prompts() AS rival
        ON base.prompt_id = rival.prompt_id AND base.generator < rival.generator
    UNION ALL
    SELECT
        generator,
        other_generator,
        prompt_id,
        CASE WHEN votes > other_votes THEN 1 WHEN votes < other_votes THEN -1 ELSE 0 END AS outcome
    FROM generator_votes
    WHERE NOT EXISTS (SELECT scores.generator FROM generator_scores AS scores)

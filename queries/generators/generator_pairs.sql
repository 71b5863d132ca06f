-- name: generator_pairs
-- Two generators on a prompt that both made images for: which has the higher mean score there; one row, generators by name.
-- outcome is 1 where the first one wins, -1 where the other one does, 0 where they tie: means that differ by less than 1e-12 of
-- their size are the same, since that is what rounding does to means of the same numbers.
-- returns: generator, other_generator, prompt_id, outcome
-- reads: generator_prompts
-- query: generator_pairs
-- question: Which of two generators has the better images for each prompt?
-- order: prompt_id, generator, other_generator
CREATE OR REPLACE MACRO generator_pairs() AS TABLE
    SELECT
        one.generator,
        other.generator AS other_generator,
        one.prompt_id,
        CASE
            WHEN
                abs(one.mean_score - other.mean_score)
                <= 1e-12 * greatest(abs(one.mean_score), abs(other.mean_score)) THEN 0
            WHEN one.mean_score > other.mean_score THEN 1
            ELSE -1
        END AS outcome
    FROM generator_prompts() AS one
    INNER JOIN generator_prompts() AS other
        ON one.prompt_id = other.prompt_id AND one.generator < other.generator

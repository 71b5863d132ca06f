-- name: generator_pairs
-- Which of two generators has the better images for each prompt?
-- returns: generator, other_generator, prompt_id, outcome
-- reads: generator_pairs
SELECT *
FROM generator_pairs()
ORDER BY prompt_id, generator, other_generator

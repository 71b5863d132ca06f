-- name: generator_prompts
-- What is the mean score of each generator on each prompt?
-- returns: generator, prompt_id, images, mean_score
-- reads: generator_prompts
SELECT *
FROM generator_prompts()
ORDER BY prompt_id, generator

-- name: generator_stats
-- How good are the images of each generator, as a scorer sees them?
-- returns: generator, generator_rank, mean_score, prompt_mean, images, prompts, human_rank
-- reads: generator_stats
SELECT *
FROM generator_stats()
ORDER BY generator_rank, generator

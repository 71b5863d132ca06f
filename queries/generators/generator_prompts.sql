-- name: generator_prompts
-- One row per generator and prompt: its number of images and their mean score.
-- returns: generator VARCHAR, prompt_id VARCHAR, images BIGINT, mean_score DOUBLE
-- reads: generator_scores, float_mean
-- query: generator_prompts
-- question: What is the mean score of each generator on each prompt?
-- order: prompt_id, generator
CREATE OR REPLACE MACRO generator_prompts() AS TABLE
    SELECT
        generator,
        prompt_id,
        count(*) AS images,
        float_mean(score) AS mean_score
    FROM generator_scores
    GROUP BY generator, prompt_id

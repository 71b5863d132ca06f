-- name: generator_prompts
-- One row a generator and prompt: the number of images that it made and their mean score.
-- returns: generator, prompt_id, images, mean_score
-- reads: generator_scores
-- spark: has no sum(… ORDER BY …), which makes the mean the same on every run
CREATE OR REPLACE MACRO generator_prompts() AS TABLE
    SELECT
        generator,
        prompt_id,
        count(*) AS images,
        sum(score ORDER BY score) / nullif(count(*), 0) AS mean_score
    FROM generator_scores
    GROUP BY generator, prompt_id

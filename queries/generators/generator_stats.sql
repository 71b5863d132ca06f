-- name: generator_stats
-- One row per generator: its mean score over images and over prompts, and its rank by the former.
-- mean_score weighs all images the same, prompt_mean all prompts. generator_rank 1 is best; generators with the same mean_score
-- share the better rank. human_rank is that of human_ranking, or NULL.
-- returns: generator VARCHAR, generator_rank BIGINT, mean_score DOUBLE, prompt_mean DOUBLE, images BIGINT, prompts BIGINT, human_rank DOUBLE
-- reads: generator_scores, generator_prompts, human_ranking, float_mean
-- source: ImageReward paper, arXiv 2304.05977, table 1
-- query: generator_stats
-- question: How high does a scorer rate the images of each generator?
-- order: generator_rank, generator
CREATE OR REPLACE MACRO generator_stats() AS TABLE
    WITH image_means AS (
        SELECT
            generator,
            count(*) AS images,
            float_mean(score) AS mean_score
        FROM generator_scores
        GROUP BY generator
    ),

    prompt_means AS (
        SELECT
            generator,
            count(*) AS prompts,
            float_mean(mean_score) AS prompt_mean
        FROM generator_prompts()
        GROUP BY generator
    )

    SELECT
        image_means.generator,
        rank() OVER (ORDER BY image_means.mean_score DESC) AS generator_rank,
        image_means.mean_score,
        prompt_means.prompt_mean,
        image_means.images,
        prompt_means.prompts,
        human_ranking.human_rank
    FROM image_means
    INNER JOIN prompt_means ON image_means.generator = prompt_means.generator
    LEFT JOIN human_ranking ON image_means.generator = human_ranking.generator

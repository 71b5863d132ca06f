-- name: sampled_prompts
-- Prompts whose draw is in the range from from_draw to below to_draw.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param from_draw: start of the range; NULL is 0
-- param to_draw: keep prompts whose draw is below this; NULL counts as 1
-- param seed: a whole number; another one gives other draws
-- param stratified: whether to sample the same share of each classification
-- returns: split VARCHAR, prompt_id VARCHAR, draw DOUBLE
-- reads: prompt_draws
CREATE OR REPLACE MACRO sampled_prompts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    from_draw DOUBLE := 0,
    to_draw DOUBLE := 1,
    seed BIGINT := 0,
    stratified BOOLEAN := FALSE
) AS TABLE
    SELECT
        split,
        prompt_id,
        draw
    FROM prompt_draws(in_split, in_subset, seed, stratified)
    WHERE draw >= coalesce(from_draw, 0) AND draw < coalesce(to_draw, 1)

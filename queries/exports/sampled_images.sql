-- name: sampled_images
-- All images of the prompts that sampled_prompts returns.
-- prompt_images counts the images of a prompt in the subset, prompt_row is the row_index of the first of them.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param from_draw: keep prompts whose draw (see prompt_draws) is at least this; NULL counts as 0
-- param to_draw: keep prompts whose draw is below this; NULL counts as 1
-- param seed: a whole number; another one gives other draws
-- param stratified: whether to sample the same share of each classification
-- returns: image_path VARCHAR, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, image_amount_in_total TINYINT, rank TINYINT, overall_rating TINYINT, image_text_alignment_rating TINYINT, fidelity_rating TINYINT, split VARCHAR, row_index BIGINT, prompt_images BIGINT, prompt_row BIGINT, generator VARCHAR
-- important: image_path, prompt, rank, overall_rating, split, classification, prompt_id
-- reads: subset_images, sampled_prompts
CREATE OR REPLACE MACRO sampled_images(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    from_draw DOUBLE := 0,
    to_draw DOUBLE := 1,
    seed BIGINT := 0,
    stratified BOOLEAN := FALSE
) AS TABLE
    SELECT
        images.image_path,
        images.prompt_id,
        images.prompt,
        images.classification,
        images.image_amount_in_total,
        images.rank,
        images.overall_rating,
        images.image_text_alignment_rating,
        images.fidelity_rating,
        images.split,
        images.row_index,
        count(*) OVER (PARTITION BY images.split, images.prompt_id) AS prompt_images,
        min(images.row_index) OVER (PARTITION BY images.split, images.prompt_id) AS prompt_row,
        images.generator
    FROM subset_images(in_subset, in_split) AS images
    SEMI JOIN sampled_prompts(in_split, in_subset, from_draw, to_draw, seed, stratified) AS sampled
        ON images.split = sampled.split AND images.prompt_id = sampled.prompt_id

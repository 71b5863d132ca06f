-- name: sampled_images
-- Images of sampled prompts, with the number of images of their prompt and the row_index of its first image, prompt_row.
-- param in_split: train, validation or test; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param from_draw: start of the range of draws; NULL is 0
-- param to_draw: end of the range, excluded; NULL is 1
-- param seed: seed of the draws
-- param stratified: spread draws evenly within each classification
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating, split, row_index, prompt_images, prompt_row
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
        min(images.row_index) OVER (PARTITION BY images.split, images.prompt_id) AS prompt_row
    FROM subset_images(in_subset, in_split) AS images
    SEMI JOIN sampled_prompts(in_split, in_subset, from_draw, to_draw, seed, stratified) AS sampled
        ON images.split = sampled.split AND images.prompt_id = sampled.prompt_id

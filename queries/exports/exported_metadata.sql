-- name: exported_metadata
-- Which rows of metadata are in an export, in the columns and types of the published files?
-- Prompts are in the order of the source, with the rows of each prompt together; image_amount_in_total is as published.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: start of the range of draws of prompts, see prompt_draws; 0 unless given
-- param to_draw: end of the range, excluded; 1 unless given
-- param seed: a whole number; another one gives other draws; 0 unless given
-- param stratified: whether to sample the same share of each classification; off unless given
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating
-- important: image_path, prompt, rank, overall_rating, prompt_id
-- reads: sampled_images, whole_number
-- source: dataset card of ImageRewardDB
SELECT
    image_path,
    prompt_id,
    prompt,
    classification,
    cast(image_amount_in_total AS BIGINT) AS image_amount_in_total,
    cast(rank AS BIGINT) AS rank,
    cast(overall_rating AS BIGINT) AS overall_rating,
    cast(image_text_alignment_rating AS BIGINT) AS image_text_alignment_rating,
    cast(fidelity_rating AS BIGINT) AS fidelity_rating
FROM
    sampled_images(
        $split::VARCHAR,
        $subset::VARCHAR,
        $from_draw::DOUBLE,
        $to_draw::DOUBLE,
        whole_number($seed),
        $stratified::BOOLEAN
    )
ORDER BY prompt_row, row_index

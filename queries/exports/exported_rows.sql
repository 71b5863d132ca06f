-- name: exported_rows
-- Which images does an export hold, one row an image?
-- Prompts stand as in the source, the rows of each side by side. image_amount_in_total counts the prompt's images that are
-- there; it is NULL where that is more than an int8 holds.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: begin of a range of draws of prompts; 0 unless given
-- param to_draw: end of the range, which is left out; 1 unless given
-- param seed: another seed makes other draws; 0 unless given
-- param stratified: spread draws evenly over each classification; off unless given
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating
-- reads: sampled_images, whole_number
-- source: dataset card of ImageRewardDB, configurations 1k to 8k
SELECT
    image_path,
    prompt_id,
    prompt,
    classification,
    try_cast(prompt_images AS TINYINT) AS image_amount_in_total,
    rank,
    overall_rating,
    image_text_alignment_rating,
    fidelity_rating
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

-- name: images
-- One row an image: every published column, its split, part and image_id, and its place in the source.
-- A row without image_path or prompt_id is no image of a prompt and is left out here and in all that follows; so are
-- left_out_images, where only images with a good file were asked for.
-- part is NULL where the path names none (ranking files); image_id is the file name up to its first dot, a UUID in
-- published data; row_index counts the rows of the source from 0, in the order of its files.
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating, split, part, image_id, row_index
-- reads: metadata, left_out_images
-- source: dataset card of ImageRewardDB
CREATE OR REPLACE VIEW images AS
SELECT
    image_path,
    prompt_id,
    prompt,
    classification,
    image_amount_in_total,
    rank,
    overall_rating,
    image_text_alignment_rating,
    fidelity_rating,
    split,
    try_cast(regexp_extract(split_part(split_part(image_path, '/', 3), '_', 2), '^[0-9]+$') AS SMALLINT) AS part,
    split_part(split_part(image_path, '/', -1), '.', 1) AS image_id,
    row_index
FROM metadata
ANTI JOIN left_out_images ON metadata.row_index = left_out_images.row_index
WHERE image_path IS NOT NULL AND prompt_id IS NOT NULL

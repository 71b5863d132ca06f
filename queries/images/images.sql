-- name: images
-- One row per image: every published column, and its split, part, image_id and row_index.
-- Rows without image_path or prompt_id are left out, here and in everything that reads this view; so are left_out_images, if only
-- images with an intact file were requested. part is NULL if the path names none (ranking files); image_id is the file name up to
-- its first dot, a UUID in published data; row_index counts the rows of the source from 0, in the order of its files. generator is the model that made
-- the image, NULL for ImageRewardDB, which does not name it.
-- returns: image_path VARCHAR, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, image_amount_in_total TINYINT, rank TINYINT, overall_rating TINYINT, image_text_alignment_rating TINYINT, fidelity_rating TINYINT, split VARCHAR, part SMALLINT, image_id VARCHAR, row_index BIGINT, generator VARCHAR
-- important: image_path, prompt, rank, overall_rating, split, classification, prompt_id
-- start with: yes
-- reads: metadata, left_out_images, path_part, plain_path
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
    path_part(image_path) AS part,
    split_part(split_part(plain_path(image_path), '/', -1), '.', 1) AS image_id,
    row_index,
    generator
FROM metadata
ANTI JOIN left_out_images ON metadata.row_index = left_out_images.row_index
WHERE image_path IS NOT NULL AND prompt_id IS NOT NULL

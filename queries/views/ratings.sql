-- name: ratings
-- One row an image and kind of rating, three rows an image; a missing rating is NULL.
-- returns: split, prompt_id, image_path, kind, rating, row_index
-- reads: images, rating_kinds, rating_of_kind
CREATE OR REPLACE VIEW ratings AS
SELECT
    images.split,
    images.prompt_id,
    images.image_path,
    rating_kinds.kind,
    rating_of_kind(
        rating_kinds.kind, images.overall_rating, images.image_text_alignment_rating, images.fidelity_rating
    ) AS rating,
    images.row_index
FROM images
CROSS JOIN rating_kinds

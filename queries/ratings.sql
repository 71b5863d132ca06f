-- name: ratings
-- Which rating of each kind did each image get?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, image_path, kind, rating, row_index
-- reads: subset_images, rating_kinds, rating_of_kind
SELECT
    images.split,
    images.prompt_id,
    images.image_path,
    rating_kinds.kind,
    rating_of_kind(
        rating_kinds.kind, images.overall_rating, images.image_text_alignment_rating, images.fidelity_rating
    ) AS rating,
    images.row_index
FROM subset_images($subset::VARCHAR, $split::VARCHAR) AS images
CROSS JOIN rating_kinds
ORDER BY images.row_index, rating_kinds.kind

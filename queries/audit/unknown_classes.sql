-- name: unknown_classes
-- Images whose classification is not one of the twelve published ones; those without any are not checked.
-- Data with votes has classes of its own, and none is unknown.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, image_path VARCHAR, classification VARCHAR, row_index BIGINT
-- reads: subset_images, audit_profile
-- source: ImageReward paper, arXiv 2304.05977
-- query: unknown_classes
-- question: Which images have a classification that is not one of the twelve published ones?
-- order: row_index
CREATE OR REPLACE MACRO unknown_classes(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        images.split,
        images.prompt_id,
        images.image_path,
        images.classification,
        images.row_index
    FROM subset_images(in_subset, in_split) AS images
    CROSS JOIN audit_profile AS normal
    WHERE
        normal.has_published_classes
        AND images.classification NOT IN (
            'Abstract', 'Animals', 'Artifacts', 'Arts', 'Food', 'Illustrations', 'Indoor Scenes', 'Outdoor Scenes',
            'People', 'Plants', 'Vehicles', 'World Knowledge'
        )

-- name: unknown_classes
-- Images whose classification is not one of the twelve published ones; those without any are not checked.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, image_path VARCHAR, classification VARCHAR, row_index BIGINT
-- reads: subset_images
-- source: ImageReward paper, arXiv 2304.05977
-- query: unknown_classes
-- question: Which images have a classification that is not one of the twelve published ones?
-- order: row_index
CREATE OR REPLACE MACRO unknown_classes(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        prompt_id,
        image_path,
        classification,
        row_index
    FROM subset_images(in_subset, in_split)
    WHERE
        classification NOT IN (
            'Abstract', 'Animals', 'Artifacts', 'Arts', 'Food', 'Illustrations', 'Indoor Scenes', 'Outdoor Scenes',
            'People', 'Plants', 'Vehicles', 'World Knowledge'
        )

-- name: unranked_images
-- Images without a rank and without a vote, which are in no pair.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, image_path VARCHAR, row_index BIGINT
-- reads: subset_images, source_votes
-- query: unranked_images
-- question: Which images have no rank and no vote?
-- order: row_index
CREATE OR REPLACE MACRO unranked_images(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        prompt_id,
        prompt,
        image_path,
        row_index
    FROM subset_images(in_subset, in_split)
    WHERE
        rank IS NULL
        AND row_index NOT IN (
            SELECT first_row FROM source_votes
            UNION ALL
            SELECT second_row FROM source_votes
        )

-- name: shared_images
-- One row per image_id that occurs in more than one split.
-- splits and prompt_ids count distinct values; train_images, validation_images and test_images count rows of each split. Rows
-- without an image_id are left out. In data with votes, image_id is the path, as file names do not name an image there.
-- param in_split: keep only images that occur in this split, too: train, validation or test; NULL keeps all
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: image_id VARCHAR, splits BIGINT, prompt_ids BIGINT, train_images BIGINT, validation_images BIGINT, test_images BIGINT
-- reads: subset_images, split_name, audit_profile
-- query: shared_images
-- question: Which images occur in more than one split?
-- order: image_id
CREATE OR REPLACE MACRO shared_images(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH identified AS (
        SELECT
            selected.split,
            selected.prompt_id,
            CASE WHEN normal.has_published_paths THEN selected.image_id ELSE selected.image_path END AS image_id,
            in_split IS NULL OR list_contains(string_split(split_name(in_split), ','), selected.split) AS is_in_split
        FROM subset_images(in_subset) AS selected
        CROSS JOIN audit_profile AS normal
        WHERE selected.image_id <> ''
    )

    SELECT
        image_id,
        count(DISTINCT split) AS splits,
        count(DISTINCT prompt_id) AS prompt_ids,
        count(*) FILTER (WHERE split = 'train') AS train_images,
        count(*) FILTER (WHERE split = 'validation') AS validation_images,
        count(*) FILTER (WHERE split = 'test') AS test_images
    FROM identified
    GROUP BY image_id
    HAVING count(DISTINCT split) > 1 AND count(*) FILTER (WHERE is_in_split) > 0

-- name: split_leaks
-- One row per prompt id, text, image or image's bytes that two exports, sets or splits share.
-- Images are compared by the UUID in their file name, as in DiffusionDB, and without one by their whole path. Of equal bytes,
-- shared_value is the smallest image_path that has them. a_images and b_images count the images on each side.
-- returns: leak VARCHAR, shared_value VARCHAR, a_images BIGINT, b_images BIGINT
-- reads: compared_images, normal_text
-- query: split_leaks
-- question: Which prompts, texts and images do two exports, sets or splits share?
-- note: leak is prompt_id, text, image or bytes; shared_value is what both have, or for bytes the path of an image with them.
-- order: leak, shared_value
CREATE OR REPLACE MACRO split_leaks() AS TABLE
    WITH named_images AS (
        SELECT
            *,
            lower(
                regexp_extract(image_path, '([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(\.[^/]*)?$', 1)
            ) AS uuid
        FROM compared_images
    ),

    compared_values AS (
        SELECT
            'prompt_id' AS leak,
            side,
            prompt_id AS compared_value,
            prompt_id AS shown_value
        FROM named_images
        UNION ALL
        SELECT
            'text' AS leak,
            side,
            normal_text(prompt) AS compared_value,
            normal_text(prompt) AS shown_value
        FROM named_images
        UNION ALL
        SELECT
            'image' AS leak,
            side,
            CASE
                WHEN uuid <> '' THEN uuid
                WHEN split_part(image_path, '/', -1) <> '' THEN image_path
            END AS compared_value,
            CASE WHEN uuid <> '' THEN uuid ELSE image_path END AS shown_value
        FROM named_images
        UNION ALL
        SELECT
            'bytes' AS leak,
            side,
            cast(content_hash AS VARCHAR) AS compared_value,
            coalesce(image_path, '') AS shown_value
        FROM named_images
    )

    SELECT
        leak,
        min(shown_value) AS shared_value,
        count(*) FILTER (WHERE side = 'a') AS a_images,
        count(*) FILTER (WHERE side = 'b') AS b_images
    FROM compared_values
    WHERE compared_value <> ''
    GROUP BY leak, compared_value
    HAVING count(DISTINCT side) = 2

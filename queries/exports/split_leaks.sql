-- name: split_leaks
-- What both of two exports or splits hold, one row a shared thing: a prompt id, a normal text, an image, an image's bytes.
-- An image is known by its file name where that begins with a UUID, as DiffusionDB's do, and by its whole path elsewhere; its
-- bytes are shared_value's image_path, the smallest that has them. a_images and b_images count the images that have it.
-- returns: leak, shared_value, a_images, b_images
-- reads: split_keys, normal_text
-- query: split_leaks
-- question: Which prompts, texts and images do two exports or splits share?
-- note: leak is prompt_id, text, image or bytes; shared_value is what is shared, of bytes the path of an image that has them.
-- order: leak, shared_value
CREATE OR REPLACE MACRO split_leaks() AS TABLE
    WITH names AS (
        SELECT
            *,
            lower(regexp_extract(image_path, '([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\.[^/]*$', 1)) AS uuid
        FROM split_keys
    ),

    found AS (
        SELECT
            'prompt_id' AS leak,
            side,
            prompt_id AS known_by,
            prompt_id AS shown
        FROM names
        UNION ALL
        SELECT
            'text' AS leak,
            side,
            normal_text(prompt) AS known_by,
            normal_text(prompt) AS shown
        FROM names
        UNION ALL
        SELECT
            'image' AS leak,
            side,
            CASE WHEN uuid <> '' THEN uuid ELSE image_path END AS known_by,
            CASE WHEN uuid <> '' THEN uuid ELSE image_path END AS shown
        FROM names
        UNION ALL
        SELECT
            'bytes' AS leak,
            side,
            cast(content AS VARCHAR) AS known_by,
            coalesce(image_path, '') AS shown
        FROM names
    )

    SELECT
        leak,
        min(shown) AS shared_value,
        count(*) FILTER (WHERE side = 'a') AS a_images,
        count(*) FILTER (WHERE side = 'b') AS b_images
    FROM found
    WHERE known_by <> ''
    GROUP BY leak, known_by
    HAVING count(DISTINCT side) = 2

-- name: judgement_matches
-- One row per judgement, with the rows of its two images, its verdict in our words, and its fault, if it has one.
-- If a path occurs in several rows, each of them is an image, and a judgement has a row for each two of a prompt. fault is unknown (no
-- image has the name, or several have), same (both are the same image), apart (the images are of no prompt together, or not of the
-- prompt_id), ambiguous (they are together in several prompts, and no prompt_id says which), unclear (verdict_word knows no such verdict), conflicting (the judge has another verdict on the images in this order),
-- repeated (it has the same verdict on them already), or NULL. first_row and second_row are NULL for images that are not known.
-- returns: judge VARCHAR, judgement_number BIGINT, verdict VARCHAR, first_row BIGINT, second_row BIGINT, fault VARCHAR
-- reads: judgement_rows, image_keys, images, uuid_in_path, verdict_word
CREATE OR REPLACE VIEW judgement_matches AS
WITH names AS (
    SELECT first_image AS image FROM judgement_rows
    UNION
    SELECT second_image AS image FROM judgement_rows
),

candidates AS (
    SELECT
        image,
        image AS image_key,
        FALSE AS is_by_uuid
    FROM names
    UNION ALL
    SELECT
        image,
        uuid_in_path(image) AS image_key,
        TRUE AS is_by_uuid
    FROM names
),

image_names AS (
    SELECT
        candidates.image,
        coalesce(
            max(CASE WHEN NOT candidates.is_by_uuid THEN image_keys.image_row END), max(image_keys.image_row)
        ) AS image_row
    FROM candidates
    INNER JOIN image_keys ON candidates.image_key = image_keys.image_key
    GROUP BY candidates.image
),

named AS (
    SELECT
        judgement_rows.judge,
        judgement_rows.judgement_number,
        judgement_rows.prompt_id,
        verdict_word(judgement_rows.verdict) AS verdict,
        first_names.image_row AS first_image_row,
        second_names.image_row AS second_image_row
    FROM judgement_rows
    LEFT JOIN image_names AS first_names ON judgement_rows.first_image = first_names.image
    LEFT JOIN image_names AS second_names ON judgement_rows.second_image = second_names.image
),

numbered AS (
    SELECT
        row_index,
        split,
        prompt_id,
        min(row_index) OVER (PARTITION BY image_path) AS image_row,
        min(row_index) OVER (PARTITION BY split, prompt_id) AS prompt_row
    FROM images
),

placed AS (
    SELECT
        named.judge,
        named.judgement_number,
        named.verdict,
        first_images.row_index AS first_row,
        second_images.row_index AS second_row,
        named.prompt_id IS NULL
        AND min(first_images.prompt_row) OVER (PARTITION BY named.judgement_number)
        <> max(first_images.prompt_row) OVER (PARTITION BY named.judgement_number) AS is_ambiguous
    FROM named
    INNER JOIN numbered AS first_images ON named.first_image_row = first_images.image_row
    INNER JOIN numbered AS second_images
        ON
            named.second_image_row = second_images.image_row
            AND first_images.split = second_images.split
            AND first_images.prompt_id = second_images.prompt_id
    WHERE
        named.first_image_row <> named.second_image_row
        AND (named.prompt_id IS NULL OR named.prompt_id = first_images.prompt_id)
),

repeats AS (
    SELECT
        judge,
        first_row,
        second_row,
        min(verdict) <> max(verdict) AS is_conflicting,
        min(judgement_number) AS first_number
    FROM placed
    WHERE verdict IS NOT NULL AND NOT is_ambiguous
    GROUP BY judge, first_row, second_row
    HAVING count(*) > 1
)

SELECT
    named.judge,
    named.judgement_number,
    named.verdict,
    coalesce(placed.first_row, named.first_image_row) AS first_row,
    coalesce(placed.second_row, named.second_image_row) AS second_row,
    CASE
        WHEN named.first_image_row IS NULL OR named.second_image_row IS NULL THEN 'unknown'
        WHEN named.first_image_row = named.second_image_row THEN 'same'
        -- Images that are left out of the data have names and no prompt.
        WHEN placed.first_row IS NULL AND first_images.row_index IS NOT NULL AND second_images.row_index IS NOT NULL
            THEN 'apart'
        WHEN placed.is_ambiguous THEN 'ambiguous'
        WHEN named.verdict IS NULL THEN 'unclear'
        WHEN repeats.is_conflicting THEN 'conflicting'
        WHEN named.judgement_number > repeats.first_number THEN 'repeated'
    END AS fault
FROM named
LEFT JOIN placed ON named.judgement_number = placed.judgement_number
LEFT JOIN numbered AS first_images ON named.first_image_row = first_images.row_index
LEFT JOIN numbered AS second_images ON named.second_image_row = second_images.row_index
LEFT JOIN repeats
    ON placed.judge = repeats.judge AND placed.first_row = repeats.first_row AND placed.second_row = repeats.second_row

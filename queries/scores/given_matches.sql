-- name: given_matches
-- One row per score of score_rows, with its image and its fault, if it has one, found by comparing names.
-- image_row is the row_index of the image, or of its first row if the path occurs in several; NULL if no image matches. A name that
-- is not in image_keys is matched by the UUID in its last part, in lower case. fault is unknown (no image has the name, or several
-- have), null, nan, infinite, conflicting (the scorer has another score for the image), repeated (the scorer has the same score for
-- the image already), or NULL if the score is usable. score_number refers to score_rows.
-- returns: scorer VARCHAR, score DOUBLE, score_number BIGINT, image_row BIGINT, fault VARCHAR
-- reads: score_rows, image_keys, uuid_in_path
CREATE OR REPLACE VIEW given_matches AS
WITH names AS (
    SELECT
        image,
        uuid_in_path(image) AS image_uuid
    FROM score_rows
    GROUP BY image
),

image_names AS (
    SELECT
        names.image,
        coalesce(exact.image_row, by_uuid.image_row) AS image_row
    FROM names
    LEFT JOIN image_keys AS exact ON names.image = exact.image_key
    LEFT JOIN image_keys AS by_uuid ON names.image_uuid = by_uuid.image_key
),

matched AS (
    SELECT
        score_rows.scorer,
        score_rows.score,
        score_rows.score_number,
        image_names.image_row
    FROM score_rows
    LEFT JOIN image_names ON score_rows.image = image_names.image
),

repeats AS (
    SELECT
        scorer,
        image_row,
        min(score) AS lowest,
        max(score) AS highest,
        min(score_number) FILTER (WHERE score IS NOT NULL) AS first_number
    FROM matched
    WHERE image_row IS NOT NULL
    GROUP BY scorer, image_row
    HAVING count(*) > 1
)

SELECT
    matched.scorer,
    matched.score,
    matched.score_number,
    matched.image_row,
    CASE
        WHEN matched.image_row IS NULL THEN 'unknown'
        WHEN matched.score IS NULL THEN 'null'
        WHEN isnan(matched.score) THEN 'nan'
        WHEN isinf(matched.score) THEN 'infinite'
        WHEN repeats.lowest <> repeats.highest THEN 'conflicting'
        WHEN matched.score_number > repeats.first_number THEN 'repeated'
    END AS fault
FROM matched
LEFT JOIN repeats ON matched.scorer = repeats.scorer AND matched.image_row = repeats.image_row

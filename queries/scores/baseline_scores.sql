-- name: baseline_scores
-- One row per image and baseline, a scorer that needs no model: what any scorer should beat, or cannot.
-- ceiling orders images as people did and floor the other way round; random is a hash of the image path, the same on every machine;
-- uuid is the first 8 hex digits of a UUID as a number; prompt_length, the number of characters, is the same for all images of a
-- prompt; position is minus the image's place among those of its prompt in the files; each rating is that of people. An image without rank, UUID or rating has no such score; of repeated rows, only the first
-- has scores.
-- returns: scorer VARCHAR, image_path VARCHAR, score DOUBLE, row_index BIGINT
-- reads: images
CREATE OR REPLACE VIEW baseline_scores AS
WITH numbers AS (
    SELECT
        image_path,
        row_index,
        -cast(rank AS DOUBLE) AS ceiling_score,
        cast(rank AS DOUBLE) AS floor_score,
        cast(cast(concat('0x', left(md5(image_path), 8)) AS BIGINT) AS DOUBLE) AS random_score,
        CASE
            WHEN regexp_matches(image_id, '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')
                THEN cast(cast(concat('0x', left(image_id, 8)) AS BIGINT) AS DOUBLE)
        END AS uuid_score,
        cast(length(prompt) AS DOUBLE) AS length_score,
        -cast(row_number() OVER (PARTITION BY split, prompt_id ORDER BY row_index) AS DOUBLE) AS position_score,
        cast(overall_rating AS DOUBLE) AS overall_score,
        cast(image_text_alignment_rating AS DOUBLE) AS alignment_score,
        cast(fidelity_rating AS DOUBLE) AS fidelity_score,
        row_number() OVER (PARTITION BY image_path ORDER BY row_index) AS occurrence
    FROM images
),

names AS (
    SELECT baselines.scorer
    FROM (
        VALUES
        ('ceiling'), ('floor'), ('random'), ('uuid'), ('prompt_length'), ('position'),
        ('overall_rating'), ('alignment_rating'), ('fidelity_rating')
    ) AS baselines (scorer)
),

scored AS (
    SELECT
        names.scorer,
        numbers.image_path,
        CASE names.scorer
            WHEN 'ceiling' THEN numbers.ceiling_score
            WHEN 'floor' THEN numbers.floor_score
            WHEN 'random' THEN numbers.random_score
            WHEN 'uuid' THEN numbers.uuid_score
            WHEN 'prompt_length' THEN numbers.length_score
            WHEN 'position' THEN numbers.position_score
            WHEN 'overall_rating' THEN numbers.overall_score
            WHEN 'alignment_rating' THEN numbers.alignment_score
            WHEN 'fidelity_rating' THEN numbers.fidelity_score
        END AS score,
        numbers.row_index
    FROM numbers
    CROSS JOIN names
    WHERE numbers.occurrence = 1
)

SELECT
    scorer,
    image_path,
    score,
    row_index
FROM scored
WHERE score IS NOT NULL

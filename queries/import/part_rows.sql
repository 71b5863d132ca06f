-- name: part_rows
-- Rows of the JSON files of parts, in the documented column types.
-- row_index counts the rows of a split from 0, part by part and in the order of each part's JSON; part_row counts those of a part.
-- returns: image_path VARCHAR, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, image_amount_in_total TINYINT, rank TINYINT, overall_rating TINYINT, image_text_alignment_rating TINYINT, fidelity_rating TINYINT, split VARCHAR, part SMALLINT, part_row BIGINT, row_index BIGINT
-- reads: part_objects
-- source: dataset card of ImageRewardDB
-- spark: no, parts are imported on one machine; write them as parquet
CREATE OR REPLACE MACRO part_rows() AS TABLE
    SELECT
        row_object ->> 'image_path' AS image_path,
        row_object ->> 'prompt_id' AS prompt_id,
        row_object ->> 'prompt' AS prompt,
        row_object ->> 'classification' AS classification,
        cast(cast(row_object ->> 'image_amount_in_total' AS DOUBLE) AS TINYINT) AS image_amount_in_total,
        cast(cast(row_object ->> 'rank' AS DOUBLE) AS TINYINT) AS rank,
        cast(cast(row_object ->> 'overall_rating' AS DOUBLE) AS TINYINT) AS overall_rating,
        cast(cast(row_object ->> 'image_text_alignment_rating' AS DOUBLE) AS TINYINT) AS image_text_alignment_rating,
        cast(cast(row_object ->> 'fidelity_rating' AS DOUBLE) AS TINYINT) AS fidelity_rating,
        split,
        part,
        row_number - 1 AS part_row,
        row_number() OVER (PARTITION BY split ORDER BY part, row_number) - 1 AS row_index
    FROM part_objects()
    WHERE row_number IS NOT NULL

-- name: part_differences
-- One row per difference between metadata and the JSON files of parts: values, missing rows, order.
-- Rows are matched by image_path within a split; of rows with the same path, the first with the first. difference is `value` (of
-- column_name), `only in parquet`, `only in JSON`, or `order` (the row before it differs; the values are the paths of the rows
-- before it, NULL for none, among the rows that both have). Of metadata, only rows of parts in part_files are compared, and those
-- whose path names no part. parquet_row counts the rows of a split's metadata from 0, json_row those of a part's JSON.
-- returns: split VARCHAR, part SMALLINT, image_path VARCHAR, difference VARCHAR, column_name VARCHAR, parquet_value VARCHAR, json_value VARCHAR, parquet_row BIGINT, json_row BIGINT
-- reads: metadata, part_files, part_rows
-- spark: no, parts are imported on one machine; write them as parquet
CREATE OR REPLACE MACRO part_differences() AS TABLE
    WITH json_rows AS (
        SELECT
            *,
            row_number() OVER (PARTITION BY split, image_path ORDER BY row_index) AS copy_number
        FROM part_rows()
    ),

    parquet_rows AS (
        SELECT
            *,
            row_index - min(row_index) OVER (PARTITION BY split) AS file_row,
            try_cast(split_part(split_part(image_path, '/', 3), '_', 2) AS SMALLINT) AS part,
            row_number() OVER (PARTITION BY split, image_path ORDER BY row_index) AS copy_number
        FROM metadata
        WHERE split IN (SELECT covered.split FROM part_files AS covered)
    ),

    both_rows AS (
        SELECT
            coalesce(json_rows.split, parquet_rows.split) AS split,
            coalesce(json_rows.part, parquet_rows.part) AS part,
            coalesce(json_rows.image_path, parquet_rows.image_path) AS image_path,
            parquet_rows.file_row AS parquet_row,
            json_rows.part_row AS json_row,
            json_rows.row_index AS json_index,
            parquet_rows.prompt_id AS parquet_prompt_id,
            parquet_rows.prompt AS parquet_prompt,
            parquet_rows.classification AS parquet_classification,
            parquet_rows.image_amount_in_total AS parquet_amount,
            parquet_rows.rank AS parquet_rank,
            parquet_rows.overall_rating AS parquet_overall,
            parquet_rows.image_text_alignment_rating AS parquet_alignment,
            parquet_rows.fidelity_rating AS parquet_fidelity,
            json_rows.prompt_id AS json_prompt_id,
            json_rows.prompt AS json_prompt,
            json_rows.classification AS json_classification,
            json_rows.image_amount_in_total AS json_amount,
            json_rows.rank AS json_rank,
            json_rows.overall_rating AS json_overall,
            json_rows.image_text_alignment_rating AS json_alignment,
            json_rows.fidelity_rating AS json_fidelity
        FROM json_rows
        FULL JOIN parquet_rows
            ON
                json_rows.split = parquet_rows.split
                AND json_rows.image_path IS NOT DISTINCT FROM parquet_rows.image_path
                AND json_rows.copy_number = parquet_rows.copy_number
    ),

    one_sided AS (
        SELECT
            both_rows.split,
            both_rows.part,
            both_rows.image_path,
            CASE WHEN both_rows.json_row IS NULL THEN 'only in parquet' ELSE 'only in JSON' END AS difference,
            cast(NULL AS VARCHAR) AS column_name,
            cast(NULL AS VARCHAR) AS parquet_value,
            cast(NULL AS VARCHAR) AS json_value,
            both_rows.parquet_row,
            both_rows.json_row
        FROM both_rows
        LEFT JOIN part_files AS covered ON both_rows.split = covered.split AND both_rows.part = covered.part
        WHERE
            both_rows.parquet_row IS NULL
            OR (both_rows.json_row IS NULL AND (both_rows.part IS NULL OR covered.part IS NOT NULL))
    ),

    columns_of_rows AS (
        SELECT
            split,
            part,
            image_path,
            parquet_row,
            json_row,
            unnest([
                { 'column_name': 'prompt_id', 'parquet_value': parquet_prompt_id, 'json_value': json_prompt_id },
                { 'column_name': 'prompt', 'parquet_value': parquet_prompt, 'json_value': json_prompt },
                {
                    'column_name': 'classification',
                    'parquet_value': parquet_classification,
                    'json_value': json_classification
                },
                {
                    'column_name': 'image_amount_in_total',
                    'parquet_value': cast(parquet_amount AS VARCHAR),
                    'json_value': cast(json_amount AS VARCHAR)
                },
                {
                    'column_name': 'rank',
                    'parquet_value': cast(parquet_rank AS VARCHAR),
                    'json_value': cast(json_rank AS VARCHAR)
                },
                {
                    'column_name': 'overall_rating',
                    'parquet_value': cast(parquet_overall AS VARCHAR),
                    'json_value': cast(json_overall AS VARCHAR)
                },
                {
                    'column_name': 'image_text_alignment_rating',
                    'parquet_value': cast(parquet_alignment AS VARCHAR),
                    'json_value': cast(json_alignment AS VARCHAR)
                },
                {
                    'column_name': 'fidelity_rating',
                    'parquet_value': cast(parquet_fidelity AS VARCHAR),
                    'json_value': cast(json_fidelity AS VARCHAR)
                }
            ]) AS pair
        FROM both_rows
        WHERE parquet_row IS NOT NULL AND json_row IS NOT NULL
    ),

    places AS (
        SELECT
            split,
            part,
            image_path,
            parquet_row,
            json_row,
            json_index,
            row_number() OVER (PARTITION BY split ORDER BY parquet_row) AS parquet_place,
            lag(image_path) OVER (PARTITION BY split ORDER BY parquet_row) AS parquet_before,
            lag(image_path) OVER (PARTITION BY split ORDER BY json_index) AS json_before
        FROM both_rows
        WHERE parquet_row IS NOT NULL AND json_row IS NOT NULL
    ),

    steps AS (
        SELECT
            *,
            lag(parquet_place, 1, 0) OVER (PARTITION BY split ORDER BY json_index) AS place_before
        FROM places
    )

    SELECT *
    FROM one_sided
    UNION ALL
    SELECT
        split,
        part,
        image_path,
        'value' AS difference,
        pair.column_name,
        pair.parquet_value,
        pair.json_value,
        parquet_row,
        json_row
    FROM columns_of_rows
    WHERE pair.parquet_value IS DISTINCT FROM pair.json_value
    UNION ALL
    SELECT
        split,
        part,
        image_path,
        'order' AS difference,
        NULL AS column_name,
        parquet_before AS parquet_value,
        json_before AS json_value,
        parquet_row,
        json_row
    FROM steps
    WHERE place_before <> parquet_place - 1

-- name: part_faults
-- One row per fault in the JSON files of parts: a column, a row or a file that is not as published.
-- row_number counts from 1. column_name is NULL if the row as a whole is wrong, and row_number, too, if the file is. Text may be
-- null; numbers may be null, or whole and within one byte, as in the parquet files.
-- returns: split VARCHAR, part SMALLINT, location VARCHAR, member VARCHAR, row_number BIGINT, column_name VARCHAR, fault VARCHAR
-- reads: part_objects
-- source: dataset card of ImageRewardDB
-- spark: no, parts are imported on one machine; write them as parquet
CREATE OR REPLACE MACRO part_faults() AS TABLE
    WITH whole_rows AS (
        SELECT
            *,
            CASE
                WHEN row_number IS NULL THEN 'is not a JSON list of at most 100,000 rows, or is truncated'
                WHEN json_type(row_object) <> 'OBJECT' THEN concat('is not an object but ', json_type(row_object))
                WHEN len(json_keys(row_object)) <> len(list_distinct(json_keys(row_object))) THEN 'repeats a key'
            END AS whole_fault
        FROM part_objects()
    ),

    named AS (
        SELECT
            split,
            part,
            location,
            member,
            row_number,
            row_object,
            unnest(['image_path', 'prompt_id', 'prompt', 'classification']) AS column_name,
            TRUE AS is_text
        FROM whole_rows
        WHERE whole_fault IS NULL
        UNION ALL
        SELECT
            split,
            part,
            location,
            member,
            row_number,
            row_object,
            unnest([
                'image_amount_in_total',
                'rank',
                'overall_rating',
                'image_text_alignment_rating',
                'fidelity_rating'
            ]) AS column_name,
            FALSE AS is_text
        FROM whole_rows
        WHERE whole_fault IS NULL
    ),

    fields AS (
        SELECT
            * EXCLUDE (row_object),
            row_object -> column_name AS field
        FROM named
    ),

    checked AS (
        SELECT
            *,
            CASE
                WHEN field IS NULL THEN 'is missing'
                WHEN json_type(field) = 'NULL' THEN NULL
                WHEN is_text AND json_type(field) <> 'VARCHAR' THEN concat('is not text but ', left(field, 99))
                WHEN is_text THEN NULL
                WHEN
                    json_type(field) NOT IN ('BIGINT', 'UBIGINT', 'DOUBLE')
                    OR coalesce(
                        try_cast(try_cast(field ->> '$' AS DOUBLE) AS TINYINT)
                        IS DISTINCT FROM try_cast(field ->> '$' AS DOUBLE),
                        TRUE
                    )
                    THEN concat('is ', left(field, 99), ', which is no whole number from -128 to 127')
            END AS fault
        FROM fields
    )

    SELECT
        split,
        part,
        location,
        member,
        row_number,
        column_name,
        fault
    FROM checked
    WHERE fault IS NOT NULL
    UNION ALL
    SELECT
        split,
        part,
        location,
        member,
        row_number,
        NULL AS column_name,
        whole_fault AS fault
    FROM whole_rows
    WHERE whole_fault IS NOT NULL

-- name: part_faults
-- Columns of rows in JSON files of parts that are not as published, with what is wrong; row_number is from 1.
-- column_name is NULL where the row is wrong as a whole, and row_number, too, where the file is. Text may be null; so may a number,
-- which else is whole and fits one byte, as in the parquet files.
-- returns: split, part, location, member, row_number, column_name, fault
-- reads: part_objects
-- source: dataset card of ImageRewardDB
-- spark: no, as part_objects
CREATE OR REPLACE MACRO part_faults() AS TABLE
    WITH wholes AS (
        SELECT
            *,
            CASE
                WHEN row_number IS NULL THEN 'is no JSON list of 100,000 rows at most, or was cut short'
                WHEN json_type(row_object) <> 'OBJECT' THEN concat('is no object but ', json_type(row_object))
                WHEN len(json_keys(row_object)) <> len(list_distinct(json_keys(row_object))) THEN 'has a key twice'
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
        FROM wholes
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
        FROM wholes
        WHERE whole_fault IS NULL
    ),

    fields AS (
        SELECT
            * EXCLUDE (row_object),
            row_object -> column_name AS field
        FROM named
    ),

    judged AS (
        SELECT
            *,
            CASE
                WHEN field IS NULL THEN 'is missing'
                WHEN json_type(field) = 'NULL' THEN NULL
                WHEN is_text AND json_type(field) <> 'VARCHAR' THEN concat('is no text but ', left(field, 99))
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
    FROM judged
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
    FROM wholes
    WHERE whole_fault IS NOT NULL

-- name: layout_faults
-- One row per invalid row of a table in the columns that all layouts share, with its first fault.
-- param rows_table: the table
-- returns: file_number, source_row, fault_field, fault
-- spark: no, no function of Spark takes the name of a table
CREATE OR REPLACE MACRO layout_faults(rows_table VARCHAR) AS TABLE
    WITH judged AS (
        SELECT
            file_number,
            source_row,
            CASE
                WHEN prompt IS NULL THEN 'prompt'
                WHEN coalesce(first_path, '') = '' THEN 'first_path'
                WHEN
                    second_path = '' OR (second_path IS NULL AND first_rank IS NULL AND fault IS NULL)
                    THEN 'second_path'
                WHEN first_path = second_path THEN 'second_path'
                WHEN fault IS NOT NULL THEN fault_field
            END AS fault_field,
            CASE
                WHEN prompt IS NULL THEN 'it holds no text'
                WHEN coalesce(first_path, '') = '' THEN 'it names no image'
                WHEN
                    second_path = '' OR (second_path IS NULL AND first_rank IS NULL AND fault IS NULL)
                    THEN 'it names no image'
                WHEN first_path = second_path THEN concat(first_path, ' is both images of the pair')
                ELSE fault
            END AS fault
        FROM query_table(rows_table)
    )

    SELECT
        file_number,
        source_row,
        fault_field,
        fault
    FROM judged
    WHERE fault IS NOT NULL

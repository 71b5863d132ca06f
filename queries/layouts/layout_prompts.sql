-- name: layout_prompts
-- One row per prompt of a table in the columns that all layouts share, with a number that stands for it in joins.
-- given_id is the id in the file, or NULL; prompt_key is that id, or without one the text of the prompt. prompt_id is the id, or the
-- MD5 hash of the text, the same on every machine.
-- param rows_table: the table
-- returns: prompt_number, split, prompt_key, is_given, prompt_id
-- spark: no, no function of Spark takes the name of a table
CREATE OR REPLACE MACRO layout_prompts(rows_table VARCHAR) AS TABLE
    WITH keys AS (
        SELECT DISTINCT
            split,
            coalesce(prompt_id, prompt) AS prompt_key,
            prompt_id IS NOT NULL AS is_given
        FROM query_table(rows_table)
    )

    SELECT
        row_number() OVER () AS prompt_number,
        split,
        prompt_key,
        is_given,
        CASE WHEN is_given THEN prompt_key ELSE md5(prompt_key) END AS prompt_id
    FROM keys

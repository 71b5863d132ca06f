-- name: layout_pairs
-- The rows of a table in the columns that all layouts share, in their order, with numbers of rows and of prompts.
-- param rows_table: the table
-- param prompts_table: its prompts, as layout_prompts returns them
-- returns: row_order, prompt_number, file_number, prompt, classification, first_path, second_path, first_generator, second_generator, first_rank, second_rank, annotator, first_votes, second_votes, tied_votes, strength, weight, source_row
-- spark: no, no function of Spark takes the name of a table
CREATE OR REPLACE MACRO layout_pairs(rows_table VARCHAR, prompts_table VARCHAR) AS TABLE
    WITH numbered AS (
        SELECT
            *,
            row_number() OVER () AS row_order
        FROM query_table(rows_table)
    )

    SELECT
        numbered.row_order,
        prompts.prompt_number,
        numbered.file_number,
        numbered.prompt,
        numbered.classification,
        numbered.first_path,
        numbered.second_path,
        numbered.first_generator,
        numbered.second_generator,
        numbered.first_rank,
        numbered.second_rank,
        numbered.annotator,
        numbered.first_votes,
        numbered.second_votes,
        numbered.tied_votes,
        numbered.strength,
        numbered.weight,
        numbered.source_row
    FROM numbered
    INNER JOIN query_table(prompts_table) AS prompts
        ON
            numbered.split = prompts.split
            AND coalesce(numbered.prompt_id, numbered.prompt) = prompts.prompt_key
            AND (numbered.prompt_id IS NOT NULL) = prompts.is_given

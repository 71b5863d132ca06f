-- name: rapidata_rows
-- One row per row of a Parquet file of Rapidata's preference sets, in the columns that all layouts share.
-- An image is image1_path or image2_path. The models may be missing. detailed_results is not read: the counts say how many voted.
-- param file_path: the Parquet file
-- param file_split: split of its rows
-- param in_file: the number of the file
-- returns: file_number, prompt_id, prompt, classification, split, first_path, second_path, first_generator, second_generator, first_rank, second_rank, annotator, first_votes, second_votes, tied_votes, strength, weight, source_row, fault_field, fault
-- source: dataset cards of Rapidata, such as Rapidata/human-style-preferences-images
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO rapidata_rows(file_path VARCHAR, file_split VARCHAR, in_file BIGINT) AS TABLE
    WITH file_rows AS (
        SELECT
            COLUMNS(
                LAMBDA name: lower(name) IN (
                    'prompt', 'image1_path', 'image2_path', 'votes_image1', 'votes_image2', 'model1', 'model2'
                )
            ),
            file_row_number + 1 AS source_row
        FROM read_parquet(file_path, hive_partitioning := FALSE)
        UNION ALL BY NAME
        SELECT
            cast(NULL AS VARCHAR) AS model1,
            cast(NULL AS VARCHAR) AS model2
        WHERE FALSE
    ),

    counted AS (
        SELECT
            *,
            try_cast(votes_image1 AS DOUBLE) AS first_count,
            try_cast(votes_image2 AS DOUBLE) AS second_count
        FROM file_rows
    ),

    judged AS (
        SELECT
            *,
            coalesce(first_count NOT BETWEEN 0 AND 9e15 OR first_count <> floor(first_count), TRUE) AS is_first_wrong,
            coalesce(second_count NOT BETWEEN 0 AND 9e15 OR second_count <> floor(second_count), TRUE)
                AS is_second_wrong
        FROM counted
    )

    SELECT
        in_file AS file_number,
        cast(NULL AS VARCHAR) AS prompt_id,
        cast(prompt AS VARCHAR) AS prompt,
        cast(NULL AS VARCHAR) AS classification,
        file_split AS split,
        cast(image1_path AS VARCHAR) AS first_path,
        cast(image2_path AS VARCHAR) AS second_path,
        cast(model1 AS VARCHAR) AS first_generator,
        cast(model2 AS VARCHAR) AS second_generator,
        cast(NULL AS DOUBLE) AS first_rank,
        cast(NULL AS DOUBLE) AS second_rank,
        cast(NULL AS VARCHAR) AS annotator,
        try_cast(first_count AS BIGINT) AS first_votes,
        try_cast(second_count AS BIGINT) AS second_votes,
        cast(0 AS BIGINT) AS tied_votes,
        cast(NULL AS DOUBLE) AS strength,
        cast(NULL AS DOUBLE) AS weight,
        cast(source_row AS BIGINT) AS source_row,
        CASE
            WHEN is_first_wrong THEN 'votes_image1'
            ELSE 'votes_image2'
        END AS fault_field,
        CASE
            WHEN is_first_wrong
                THEN concat(coalesce(cast(votes_image1 AS VARCHAR), 'a missing value'), ' is no number of votes')
            WHEN is_second_wrong
                THEN concat(coalesce(cast(votes_image2 AS VARCHAR), 'a missing value'), ' is no number of votes')
        END AS fault
    FROM judged

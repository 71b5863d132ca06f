-- name: pickapic_rows
-- One row per row of a Parquet file of Pick-a-Pic, in the columns that all layouts share.
-- A prompt is its caption, an image its uid, an annotator the user_id. A row whose has_label is false has no vote. user_id, the models
-- and the columns of bytes may be missing.
-- param file_path: the Parquet file
-- param file_split: split of its rows
-- param in_file: the number of the file
-- returns: file_number, prompt_id, prompt, classification, split, first_path, second_path, first_generator, second_generator, first_rank, second_rank, annotator, first_votes, second_votes, tied_votes, strength, weight, source_row, fault_field, fault
-- source: dataset card of Pick-a-Pic v2, yuvalkirstain/pickapic_v2
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO pickapic_rows(file_path VARCHAR, file_split VARCHAR, in_file BIGINT) AS TABLE
    WITH file_rows AS (
        SELECT
            COLUMNS(
                LAMBDA name: lower(name) IN (
                    'caption', 'image_0_uid', 'image_1_uid', 'label_0', 'label_1', 'has_label', 'user_id', 'model_0',
                    'model_1'
                )
            ),
            file_row_number + 1 AS source_row
        FROM read_parquet(file_path, hive_partitioning := FALSE)
        UNION ALL BY NAME
        SELECT
            cast(NULL AS VARCHAR) AS user_id,
            cast(NULL AS VARCHAR) AS model_0,
            cast(NULL AS VARCHAR) AS model_1,
            cast(NULL AS BOOLEAN) AS has_label
        WHERE FALSE
    ),

    judged AS (
        SELECT
            *,
            coalesce(try_cast(has_label AS BOOLEAN), label_0 IS NOT NULL) AS is_labelled,
            CASE WHEN is_labelled THEN try_cast(label_0 AS DOUBLE) END AS first_share,
            CASE WHEN is_labelled THEN try_cast(label_1 AS DOUBLE) END AS second_share
        FROM file_rows
    )

    SELECT
        in_file AS file_number,
        cast(NULL AS VARCHAR) AS prompt_id,
        cast(caption AS VARCHAR) AS prompt,
        cast(NULL AS VARCHAR) AS classification,
        file_split AS split,
        cast(image_0_uid AS VARCHAR) AS first_path,
        cast(image_1_uid AS VARCHAR) AS second_path,
        cast(model_0 AS VARCHAR) AS first_generator,
        cast(model_1 AS VARCHAR) AS second_generator,
        cast(NULL AS DOUBLE) AS first_rank,
        cast(NULL AS DOUBLE) AS second_rank,
        cast(user_id AS VARCHAR) AS annotator,
        cast(first_share = 1 AS BIGINT) AS first_votes,
        cast(first_share = 0 AS BIGINT) AS second_votes,
        cast(first_share = 0.5 AS BIGINT) AS tied_votes,
        cast(NULL AS DOUBLE) AS strength,
        cast(NULL AS DOUBLE) AS weight,
        cast(source_row AS BIGINT) AS source_row,
        CASE WHEN is_labelled THEN 'label_0' END AS fault_field,
        CASE
            WHEN
                is_labelled
                AND coalesce(first_share NOT IN (0, 0.5, 1) OR first_share + second_share <> 1, TRUE)
                THEN concat(
                    'labels are ', coalesce(cast(label_0 AS VARCHAR), 'missing'), ' and ',
                    coalesce(cast(label_1 AS VARCHAR), 'missing'), ', not 1 and 0, 0 and 1, or 0.5 and 0.5'
                )
        END AS fault
    FROM judged

-- name: labelled_pairs
-- One row per row of a table of one's own labels, in the columns that all layouts share.
-- A label is first, second or tie; A, B or same; left, right or equal; 1, 0 or 0.5, which says how far the first image is preferred; or
-- the path of the preferred image, which goes before the others. In its place may stand numbers of votes. Without a label, a row has no vote. A table of better and worse images has no label.
-- param rows_table: the table, whose columns the others name; 'irdb_absent' where there is no such column
-- param file_split: split of the rows that name none; NULL counts as test
-- param in_file: the number of the file
-- param prompt_column: the text of the prompt
-- param prompt_id_column: the id of the prompt
-- param first_column: the path of the first image
-- param second_column: the path of the second image
-- param label_column: the label
-- param first_votes_column: the number of votes for the first image
-- param second_votes_column: the number of votes for the second image
-- param tied_votes_column: the number of tied votes
-- param annotator_column: who labelled
-- param first_generator_column: the model that made the first image
-- param second_generator_column: the model that made the second image
-- param classification_column: the class of the prompt
-- param split_column: the split
-- param strength_column: how sure the annotator was
-- param weight_column: the weight of the vote
-- param is_better_first: whether the first image is the better one, as the table has no label
-- param in_splits: names of the splits whose rows are read, with commas; NULL reads all
-- returns: file_number, prompt_id, prompt, classification, split, first_path, second_path, first_generator, second_generator, first_rank, second_rank, annotator, first_votes, second_votes, tied_votes, strength, weight, source_row, fault_field, fault
-- spark: no, no function of Spark takes the name of a column
CREATE OR REPLACE MACRO labelled_pairs(
    rows_table VARCHAR,
    file_split VARCHAR,
    in_file BIGINT,
    prompt_column VARCHAR,
    prompt_id_column VARCHAR,
    first_column VARCHAR,
    second_column VARCHAR,
    label_column VARCHAR,
    first_votes_column VARCHAR,
    second_votes_column VARCHAR,
    tied_votes_column VARCHAR,
    annotator_column VARCHAR,
    first_generator_column VARCHAR,
    second_generator_column VARCHAR,
    classification_column VARCHAR,
    split_column VARCHAR,
    strength_column VARCHAR,
    weight_column VARCHAR,
    is_better_first BOOLEAN,
    in_splits VARCHAR
) AS TABLE
    WITH irdb_rows AS (
        SELECT
            *,
            NULL AS irdb_absent,
            row_number() OVER () AS irdb_row
        FROM query_table(rows_table)
    ),

    texts AS (
        SELECT
            cast(struct_extract(irdb_rows, prompt_column) AS VARCHAR) AS prompt,
            cast(struct_extract(irdb_rows, prompt_id_column) AS VARCHAR) AS prompt_id,
            cast(struct_extract(irdb_rows, first_column) AS VARCHAR) AS first_path,
            cast(struct_extract(irdb_rows, second_column) AS VARCHAR) AS second_path,
            trim(cast(struct_extract(irdb_rows, label_column) AS VARCHAR)) AS label,
            cast(struct_extract(irdb_rows, first_votes_column) AS VARCHAR) AS first_text,
            cast(struct_extract(irdb_rows, second_votes_column) AS VARCHAR) AS second_text,
            cast(struct_extract(irdb_rows, tied_votes_column) AS VARCHAR) AS tied_text,
            cast(struct_extract(irdb_rows, annotator_column) AS VARCHAR) AS annotator,
            cast(struct_extract(irdb_rows, first_generator_column) AS VARCHAR) AS first_generator,
            cast(struct_extract(irdb_rows, second_generator_column) AS VARCHAR) AS second_generator,
            cast(struct_extract(irdb_rows, classification_column) AS VARCHAR) AS classification,
            cast(struct_extract(irdb_rows, split_column) AS VARCHAR) AS split,
            cast(struct_extract(irdb_rows, strength_column) AS VARCHAR) AS strength_text,
            cast(struct_extract(irdb_rows, weight_column) AS VARCHAR) AS weight_text,
            irdb_row AS source_row,
            first_votes_column <> 'irdb_absent' AS has_counts
        FROM irdb_rows
    ),

    judged AS (
        SELECT
            *,
            CASE
                WHEN has_counts THEN NULL
                WHEN is_better_first THEN 1
                WHEN label = first_path THEN 1
                WHEN label = second_path THEN 0
                WHEN lower(label) IN ('first', 'a', 'left') THEN 1
                WHEN lower(label) IN ('second', 'b', 'right') THEN 0
                WHEN lower(label) IN ('tie', 'tied', 'same', 'equal', 'draw') THEN 0.5
                WHEN try_cast(label AS DOUBLE) IN (0, 0.5, 1) THEN try_cast(label AS DOUBLE)
            END AS first_share,
            try_cast(strength_text AS DOUBLE) AS strength_number,
            try_cast(weight_text AS DOUBLE) AS weight_number,
            try_cast(first_text AS DOUBLE) AS first_count,
            try_cast(second_text AS DOUBLE) AS second_count,
            try_cast(coalesce(tied_text, '0') AS DOUBLE) AS tied_count
        FROM texts
    ),

    checked AS (
        SELECT
            *,
            CASE WHEN NOT isnan(strength_number) THEN strength_number END AS strength,
            has_counts
            AND coalesce(first_count NOT BETWEEN 0 AND 9e15 OR first_count <> floor(first_count), TRUE)
                AS is_first_wrong,
            has_counts
            AND coalesce(second_count NOT BETWEEN 0 AND 9e15 OR second_count <> floor(second_count), TRUE)
                AS is_second_wrong,
            has_counts
            AND coalesce(tied_count NOT BETWEEN 0 AND 9e15 OR tied_count <> floor(tied_count), TRUE) AS is_tied_wrong,
            weight_text IS NOT NULL
            AND coalesce(weight_number <> 0 AND weight_number NOT BETWEEN 1e-9 AND 1e8, TRUE) AS is_weight_wrong
        FROM judged
    )

    SELECT
        in_file AS file_number,
        prompt_id,
        CASE WHEN prompt IS NULL AND prompt_id IS NOT NULL THEN '' ELSE prompt END AS prompt,
        classification,
        coalesce(split, file_split, 'test') AS split,
        first_path,
        second_path,
        first_generator,
        second_generator,
        cast(NULL AS DOUBLE) AS first_rank,
        cast(NULL AS DOUBLE) AS second_rank,
        annotator,
        CASE WHEN has_counts THEN try_cast(first_count AS BIGINT) ELSE cast(first_share = 1 AS BIGINT) END
            AS first_votes,
        CASE WHEN has_counts THEN try_cast(second_count AS BIGINT) ELSE cast(first_share = 0 AS BIGINT) END
            AS second_votes,
        CASE WHEN has_counts THEN try_cast(tied_count AS BIGINT) ELSE cast(first_share = 0.5 AS BIGINT) END
            AS tied_votes,
        strength,
        weight_number AS weight,
        source_row,
        CASE
            WHEN is_first_wrong THEN first_votes_column
            WHEN is_second_wrong
                THEN second_votes_column
            WHEN is_tied_wrong THEN tied_votes_column
            WHEN NOT has_counts AND label IS NOT NULL AND first_share IS NULL THEN label_column
            WHEN strength_text IS NOT NULL AND strength_number IS NULL THEN strength_column
            WHEN is_weight_wrong THEN weight_column
            WHEN split NOT IN ('train', 'validation', 'test') THEN split_column
        END AS fault_field,
        CASE
            WHEN is_first_wrong
                THEN concat(coalesce(first_text, 'a missing value'), ' is no number of votes')
            WHEN is_second_wrong
                THEN concat(coalesce(second_text, 'a missing value'), ' is no number of votes')
            WHEN is_tied_wrong
                THEN concat(tied_text, ' is no number of votes')
            WHEN NOT has_counts AND label IS NOT NULL AND first_share IS NULL
                THEN concat(
                    label,
                    ' is no label: first, second or tie; A, B or same; 1, 0 or 0.5; or the path of the better image'
                )
            WHEN strength_text IS NOT NULL AND strength_number IS NULL
                THEN concat(strength_text, ' is no number')
            WHEN is_weight_wrong
                THEN concat(weight_text, ' is no weight: 0, or a number from 0.000000001 to 100,000,000')
            WHEN split NOT IN ('train', 'validation', 'test')
                THEN concat(split, ' is no split: train, validation or test')
        END AS fault
    FROM checked
    WHERE in_splits IS NULL OR list_contains(string_split(in_splits, ','), coalesce(split, 'test'))

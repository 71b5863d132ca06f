-- name: hpdv3_rows
-- One row per object of a JSON file of HPDv3, in the columns that all layouts share.
-- choice_dist holds the numbers of annotators who chose path1 and path2; without it, path1 is preferred, as always in the published
-- file, which counts as one vote. confidence is kept as strength, and filters nothing.
-- param file_path: the JSON file
-- param file_split: split of its objects
-- param in_file: the number of the file
-- returns: file_number, prompt_id, prompt, classification, split, first_path, second_path, first_generator, second_generator, first_rank, second_rank, annotator, first_votes, second_votes, tied_votes, strength, weight, source_row, fault_field, fault
-- source: dataset card of HPDv3, MizzenAI/HPDv3
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO hpdv3_rows(file_path VARCHAR, file_split VARCHAR, in_file BIGINT) AS TABLE
    WITH objects AS (
        SELECT
            row_number() OVER () AS source_row,
            *
        FROM
            read_json(
                file_path,
                columns := {
                    prompt: 'JSON', path1: 'JSON', path2: 'JSON', model1: 'JSON', model2: 'JSON', choice_dist: 'JSON',
                    confidence: 'JSON'
                }
            )
    ),

    parsed AS (
        SELECT
            *,
            coalesce(json_type(choice_dist), 'NULL') <> 'NULL' AS has_counts,
            try_cast(confidence ->> '$' AS DOUBLE) AS strength,
            try_cast(choice_dist ->> '$[0]' AS DOUBLE) AS first_count,
            try_cast(choice_dist ->> '$[1]' AS DOUBLE) AS second_count
        FROM objects
    ),

    judged AS (
        SELECT
            *,
            has_counts
            AND coalesce(
                json_array_length(choice_dist) <> 2
                OR first_count NOT BETWEEN 0 AND 9e15 OR first_count <> floor(first_count)
                OR second_count NOT BETWEEN 0 AND 9e15 OR second_count <> floor(second_count),
                TRUE
            ) AS is_count_wrong
        FROM parsed
    )

    SELECT
        in_file AS file_number,
        cast(NULL AS VARCHAR) AS prompt_id,
        CASE WHEN json_type(prompt) NOT IN ('ARRAY', 'OBJECT') THEN prompt ->> '$' END AS prompt,
        cast(NULL AS VARCHAR) AS classification,
        file_split AS split,
        CASE WHEN json_type(path1) NOT IN ('ARRAY', 'OBJECT') THEN path1 ->> '$' END AS first_path,
        CASE WHEN json_type(path2) NOT IN ('ARRAY', 'OBJECT') THEN path2 ->> '$' END AS second_path,
        model1 ->> '$' AS first_generator,
        model2 ->> '$' AS second_generator,
        cast(NULL AS DOUBLE) AS first_rank,
        cast(NULL AS DOUBLE) AS second_rank,
        cast(NULL AS VARCHAR) AS annotator,
        CASE WHEN has_counts THEN try_cast(first_count AS BIGINT) ELSE 1 END AS first_votes,
        CASE WHEN has_counts THEN try_cast(second_count AS BIGINT) ELSE 0 END AS second_votes,
        cast(0 AS BIGINT) AS tied_votes,
        strength,
        cast(NULL AS DOUBLE) AS weight,
        source_row,
        CASE WHEN is_count_wrong THEN 'choice_dist' ELSE 'confidence' END AS fault_field,
        CASE
            WHEN is_count_wrong THEN concat(choice_dist, ' is no list of two numbers of votes')
            WHEN confidence ->> '$' IS NOT NULL AND strength IS NULL THEN concat(confidence, ' is no number')
        END AS fault
    FROM judged

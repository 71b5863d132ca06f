-- name: ranking_file_faults
-- One row per invalid object of a ranking file, with its first fault; object_number counts from 1.
-- param file_path: the JSON file
-- returns: object_number, prompt_id, column_name, fault
-- reads: ranking_objects
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO ranking_file_faults(file_path VARCHAR) AS TABLE
    WITH fields AS (
        SELECT
            object_number,
            id ->> '$' AS prompt_id,
            json_type(id) AS id_type,
            json_type(prompt) AS prompt_type,
            json_type(generations) AS generations_type,
            json_type(ranking) AS ranking_type,
            json_array_length(generations) AS paths,
            json_array_length(ranking) AS ranks,
            list_filter(
                json_extract(generations, '$[*]'), LAMBDA path: coalesce(json_type(path), 'NULL') <> 'VARCHAR'
            ) AS wrong_paths,
            list_filter(
                json_extract(ranking, '$[*]'),
                LAMBDA rank: coalesce(json_type(rank), 'NULL') <> 'NULL' AND (
                    json_type(rank) IN ('BOOLEAN', 'OBJECT', 'ARRAY')
                    OR try_cast(try_cast(rank ->> '$' AS DOUBLE) AS TINYINT)
                    IS DISTINCT FROM try_cast(rank ->> '$' AS DOUBLE)
                    OR try_cast(rank ->> '$' AS DOUBLE) IS NULL
                )
            ) AS wrong_ranks
        FROM ranking_objects(file_path)
    ),

    faults AS (
        SELECT
            object_number,
            prompt_id,
            CASE
                WHEN coalesce(id_type, 'NULL') = 'NULL' THEN 'id is missing'
                WHEN id_type IN ('OBJECT', 'ARRAY', 'BOOLEAN') THEN concat('id is not text but ', id_type)
                WHEN coalesce(prompt_type, 'NULL') NOT IN ('VARCHAR', 'NULL')
                    THEN concat('prompt is not text but ', prompt_type)
                WHEN coalesce(generations_type, 'NULL') = 'NULL' THEN 'generations is missing'
                WHEN generations_type <> 'ARRAY' THEN concat('generations is not a list but ', generations_type)
                WHEN len(wrong_paths) > 0 THEN concat('generations has ', wrong_paths[1], ', which is not a path')
                WHEN paths > 127 THEN concat('generations has ', paths, ' paths, more than 127')
                WHEN coalesce(ranking_type, 'NULL') = 'NULL' THEN 'ranking is missing'
                WHEN ranking_type <> 'ARRAY' THEN concat('ranking is not a list but ', ranking_type)
                WHEN len(wrong_ranks) > 0
                    THEN concat('ranking has ', wrong_ranks[1], ', which is no whole number from -128 to 127')
                WHEN ranks <> paths THEN concat('ranking has ', ranks, ' ranks for ', paths, ' generations')
            END AS sentence
        FROM fields
    )

    SELECT
        object_number,
        prompt_id,
        split_part(sentence, ' ', 1) AS column_name,
        substring(sentence, instr(sentence, ' ') + 1) AS fault
    FROM faults
    WHERE sentence IS NOT NULL

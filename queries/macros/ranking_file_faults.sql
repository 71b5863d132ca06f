-- name: ranking_file_faults
-- Objects of a ranking file that are no ranking of images, with the first thing that is wrong; object_number is from 1.
-- param file_path: the JSON file
-- returns: object_number, prompt_id, column_name, fault
-- reads: ranking_objects
-- spark: list_filter is filter, len is size
CREATE OR REPLACE MACRO ranking_file_faults(file_path VARCHAR) AS TABLE
    WITH judged AS (
        SELECT
            object_number,
            id,
            CASE
                WHEN id IS NULL THEN 'id'
                WHEN
                    generations IS NULL OR len(list_filter(generations, LAMBDA path: path IS NULL)) > 0
                    THEN 'generations'
                WHEN len(generations) > 127 THEN 'generations'
                ELSE 'ranking'
            END AS column_name,
            CASE
                WHEN id IS NULL THEN 'is missing'
                WHEN generations IS NULL THEN 'is missing'
                WHEN len(list_filter(generations, LAMBDA path: path IS NULL)) > 0 THEN 'has a path that is null'
                WHEN len(generations) > 127 THEN concat('has ', len(generations), ' paths, more than 127')
                WHEN ranking IS NULL THEN 'is missing'
                WHEN len(ranking) <> len(generations)
                    THEN concat('has ', len(ranking), ' ranks for ', len(generations), ' generations')
                WHEN len(list_filter(ranking, LAMBDA value: try_cast(value AS TINYINT) IS DISTINCT FROM value)) > 0
                    THEN
                        concat(
                            'has the rank ',
                            list_filter(ranking, LAMBDA value: try_cast(value AS TINYINT) IS DISTINCT FROM value)[1],
                            ', which is no whole number from -128 to 127'
                        )
            END AS fault
        FROM ranking_objects(file_path)
    )

    SELECT
        object_number,
        id AS prompt_id,
        column_name,
        fault
    FROM judged
    WHERE fault IS NOT NULL

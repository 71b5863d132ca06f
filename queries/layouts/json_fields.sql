-- name: json_fields
-- One row per name of a field in the first thousand objects of a JSON file.
-- param file_path: the JSON file
-- returns: field
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO json_fields(file_path VARCHAR) AS TABLE
    WITH numbered AS (
        SELECT
            json AS object,
            row_number() OVER () AS object_number
        FROM read_json_objects(file_path)
    )

    SELECT DISTINCT unnest(json_keys(object)) AS field
    FROM numbered
    WHERE object_number <= 1000

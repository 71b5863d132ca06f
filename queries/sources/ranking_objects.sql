-- name: ranking_objects
-- One row per object of a ranking file, each field as JSON; object_number counts from 1.
-- param file_path: the JSON file
-- returns: object_number, id, prompt, generations, ranking
-- source: ImageReward repository, data/test.json
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO ranking_objects(file_path VARCHAR) AS TABLE
    SELECT
        row_number() OVER () AS object_number,
        id,
        prompt,
        generations,
        ranking
    FROM
        read_json(
            file_path,
            format := 'array',
            columns := { id: 'JSON', prompt: 'JSON', generations: 'JSON', ranking: 'JSON' }
        )

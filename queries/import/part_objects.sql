-- name: part_objects
-- One row per element of the JSON lists of parts, as JSON, numbered from 1 in each file.
-- A file that is not a JSON list, or has more than 100,000 elements, has one row without element and number: a published part has
-- about 1,600, and a much longer list could fill the memory.
-- returns: split VARCHAR, part SMALLINT, location VARCHAR, member VARCHAR, row_number BIGINT, row_object JSON
-- reads: part_files
-- source: dataset card of ImageRewardDB
-- spark: no, no function of Spark takes a path; import parts on one machine, and write them as parquet
CREATE OR REPLACE MACRO part_objects() AS TABLE
    WITH lists AS (
        SELECT
            split,
            part,
            location,
            member,
            CASE
                WHEN NOT json_valid(content) THEN NULL
                WHEN json_type(content) <> 'ARRAY' THEN NULL
                WHEN json_array_length(content) <= 100000 THEN json_extract(content, '$[*]')
            END AS row_objects
        FROM part_files
    )

    SELECT
        split,
        part,
        location,
        member,
        unnest(range(1, len(row_objects) + 1)) AS row_number,
        unnest(row_objects) AS row_object
    FROM lists
    WHERE row_objects IS NOT NULL
    UNION ALL
    SELECT
        split,
        part,
        location,
        member,
        NULL AS row_number,
        NULL AS row_object
    FROM lists
    WHERE row_objects IS NULL

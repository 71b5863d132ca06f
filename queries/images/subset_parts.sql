-- name: subset_parts
-- Number of parts of train in a published subset: 4, 8, 16 or 32; any other name raises an error.
-- param subset_name: 1k, 2k, 4k or 8k; NULL gives NULL
-- source: dataset card of ImageRewardDB, loading script
CREATE OR REPLACE MACRO subset_parts(subset_name VARCHAR) AS
CASE
    WHEN subset_name IS NULL THEN NULL
    WHEN subset_name = '1k' THEN 4
    WHEN subset_name = '2k' THEN 8
    WHEN subset_name = '4k' THEN 16
    WHEN subset_name = '8k' THEN 32
    ELSE error(concat('unknown subset ''', subset_name, ''': a subset is 1k, 2k, 4k or 8k'))
END

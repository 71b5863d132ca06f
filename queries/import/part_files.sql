-- name: part_files
-- One row per part whose JSON file was read, with its text; empty except while `irdb import` runs.
-- location is a path below the folder of the images; member is NULL for an unpacked file.
-- returns: split VARCHAR, part SMALLINT, location VARCHAR, member VARCHAR, content VARCHAR
CREATE OR REPLACE VIEW part_files AS
SELECT
    cast('' AS VARCHAR) AS split,
    cast(0 AS SMALLINT) AS part,
    cast('' AS VARCHAR) AS location,
    cast('' AS VARCHAR) AS member,
    cast('' AS VARCHAR) AS content
WHERE FALSE

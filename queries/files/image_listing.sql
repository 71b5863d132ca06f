-- name: image_listing
-- One row per file or zip member in the folders of images, and one per folder for all names that it lacks.
-- Empty until a source is opened. file_name is NULL in the row of a folder; member is NULL for an unpacked file, crc is NULL where
-- no zip states it; status and detail are as in image_files.
-- returns: folder VARCHAR, file_name VARCHAR, location VARCHAR, member VARCHAR, size BIGINT, crc BIGINT, status VARCHAR, detail VARCHAR
-- important: folder, file_name, status, detail, location
CREATE OR REPLACE VIEW image_listing AS
SELECT
    cast('' AS VARCHAR) AS folder,
    cast('' AS VARCHAR) AS file_name,
    cast('' AS VARCHAR) AS location,
    cast('' AS VARCHAR) AS member,
    cast(0 AS BIGINT) AS size,
    cast(0 AS BIGINT) AS crc,
    cast('' AS VARCHAR) AS status,
    cast('' AS VARCHAR) AS detail
WHERE FALSE

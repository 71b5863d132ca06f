-- name: unverified_images
-- Images that a verification did not find ok, or whose location, size or CRC-32 has changed since.
-- Columns are compared as computed values, as the engine would skip rows by the statistics of a column, which nobody checked.
-- param verified_path: a parquet file that `irdb verify` has written
-- returns: row_index
-- reads: image_files
-- spark: no, no function of Spark takes a path, and Spark lists no image files
CREATE OR REPLACE MACRO unverified_images(verified_path VARCHAR) AS TABLE
    WITH verified AS (
        SELECT
            concat(image_path) AS image_path,
            concat(location) AS location,
            cast(size AS VARCHAR) AS size,
            cast(crc AS VARCHAR) AS crc
        FROM read_parquet(verified_path, hive_partitioning := FALSE)
        WHERE concat(status) = 'ok'
    )

    SELECT files.row_index
    FROM image_files AS files
    ANTI JOIN verified
        ON
            files.status = 'ok'
            AND files.image_path = verified.image_path
            AND files.location = verified.location
            AND cast(files.size AS VARCHAR) = verified.size
            AND coalesce(cast(files.crc AS VARCHAR) = verified.crc, TRUE)

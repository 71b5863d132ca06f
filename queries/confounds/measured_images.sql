-- name: measured_images
-- Images of the data that a file has measures of, and these; images that were not ok are left out.
-- Of rows that repeat a path, the smallest value of each column is taken. A measure that is infinite or no number is NULL.
-- Columns are compared as computed values, as the engine would skip rows by the statistics of a column, which nobody checked.
-- param measured_path: a parquet file that `irdb verify --measure` has written
-- returns: image_path, size, width, height, brightness, saturation, sharpness, entropy
-- reads: images
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO measured_images(measured_path VARCHAR) AS TABLE
    WITH measured AS (
        SELECT
            concat(image_path) AS image_path,
            cast(size AS BIGINT) AS size,
            cast(width AS BIGINT) AS width,
            cast(height AS BIGINT) AS height,
            cast(brightness AS DOUBLE) AS brightness,
            cast(saturation AS DOUBLE) AS saturation,
            cast(sharpness AS DOUBLE) AS sharpness,
            cast(entropy AS DOUBLE) AS entropy
        FROM read_parquet(measured_path, hive_partitioning := FALSE)
        WHERE concat(status) = 'ok'
    )

    SELECT
        measured.image_path,
        min(measured.size) AS size,
        min(measured.width) AS width,
        min(measured.height) AS height,
        min(measured.brightness) FILTER (WHERE isfinite(measured.brightness)) AS brightness,
        min(measured.saturation) FILTER (WHERE isfinite(measured.saturation)) AS saturation,
        min(measured.sharpness) FILTER (WHERE isfinite(measured.sharpness)) AS sharpness,
        min(measured.entropy) FILTER (WHERE isfinite(measured.entropy)) AS entropy
    FROM measured
    SEMI JOIN images ON measured.image_path = images.image_path
    GROUP BY measured.image_path

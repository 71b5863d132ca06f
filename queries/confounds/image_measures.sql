-- name: image_measures
-- One row per image that was measured: its size in bytes and pixels, brightness, saturation, sharpness and entropy.
-- Empty unless measures are given: `--measures FILE`, or `connect(measures=…)`, with a file of `irdb verify --measure -o FILE`.
-- brightness is the mean luma (ITU-R BT.601), 0 to 1; saturation the mean of HSV, 0 to 1; sharpness the variance of the Laplacian of
-- the luma, 0 to 255, at inner pixels (up, down, left, right, minus 4 times itself), NULL below 3 x 3 pixels; entropy that of how
-- frequent each of the 256 lumas is, in bits, 0 to 8.
-- returns: image_path VARCHAR, size BIGINT, width BIGINT, height BIGINT, brightness DOUBLE, saturation DOUBLE, sharpness DOUBLE, entropy DOUBLE
-- important: image_path, brightness, saturation, sharpness, entropy, size, width, height
-- source: Pech-Pacheco et al. 2000, 10.1109/ICPR.2000.903548 (sharpness); Shannon 1948 (entropy)
-- query: image_measures
-- question: How large, bright, colourful, sharp and varied is each image?
-- order: image_path
CREATE OR REPLACE VIEW image_measures AS
SELECT
    cast('' AS VARCHAR) AS image_path,
    cast(0 AS BIGINT) AS size,
    cast(0 AS BIGINT) AS width,
    cast(0 AS BIGINT) AS height,
    cast(0 AS DOUBLE) AS brightness,
    cast(0 AS DOUBLE) AS saturation,
    cast(0 AS DOUBLE) AS sharpness,
    cast(0 AS DOUBLE) AS entropy
WHERE FALSE

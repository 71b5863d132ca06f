-- name: pair_count
-- Number of unordered pairs that n images make: n (n - 1) / 2.
-- param n_images: number of images
-- spark: HUGEINT is DECIMAL(38, 0)
CREATE OR REPLACE MACRO pair_count(n_images HUGEINT) AS
cast(n_images * (n_images - 1) / 2 AS BIGINT)

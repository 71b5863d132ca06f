-- name: pair_count
-- Number of unordered pairs of n images: n (n - 1) / 2; NULL if n is negative.
-- param n_images: number of images
CREATE OR REPLACE MACRO pair_count(n_images BIGINT) AS
CASE WHEN n_images >= 0 THEN n_images * (n_images - 1) // 2 END

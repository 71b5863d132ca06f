-- name: pair_count
-- Number of unordered pairs of n images: n (n - 1) / 2.
-- param n_images: number of images
CREATE OR REPLACE MACRO pair_count(n_images BIGINT) AS
n_images * (n_images - 1) // 2

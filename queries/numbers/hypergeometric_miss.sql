-- name: hypergeometric_miss
-- Chance that up to 4 images, drawn from n without replacement, include none of the marked ones; NULL for numbers that cannot be.
-- param n_images: number of images
-- param n_marked: number of them that are marked
-- param n_drawn: number of them that are drawn, 0 to 4 and at most n_images
-- source: hypergeometric distribution, C(n - marked, drawn) / C(n, drawn)
CREATE OR REPLACE MACRO hypergeometric_miss(n_images BIGINT, n_marked BIGINT, n_drawn BIGINT) AS
CASE
    WHEN n_marked NOT BETWEEN 0 AND n_images OR n_drawn NOT BETWEEN 0 AND 4 THEN NULL
    WHEN n_images - n_marked < n_drawn THEN 0.0
    ELSE
        (CASE WHEN n_drawn >= 1 THEN cast(n_images - n_marked AS DOUBLE) / nullif(n_images, 0) ELSE 1.0 END)
        * (CASE WHEN n_drawn >= 2 THEN cast(n_images - n_marked - 1 AS DOUBLE) / nullif(n_images - 1, 0) ELSE 1.0 END)
        * (CASE WHEN n_drawn >= 3 THEN cast(n_images - n_marked - 2 AS DOUBLE) / nullif(n_images - 2, 0) ELSE 1.0 END)
        * (CASE WHEN n_drawn >= 4 THEN cast(n_images - n_marked - 3 AS DOUBLE) / nullif(n_images - 3, 0) ELSE 1.0 END)
END

-- name: drawn_share
-- Chance that up to 9 images, drawn from n without replacement, are all among some of them.
-- param n_images: number of images
-- param n_some: number of those that the drawn ones are to be among
-- param n_drawn: number of images that are drawn, 1 to 9 and at most n_images
-- source: hypergeometric distribution, C(some, drawn) / C(n, drawn)
CREATE OR REPLACE MACRO drawn_share(n_images BIGINT, n_some BIGINT, n_drawn BIGINT) AS
(cast(greatest(n_some, 0) AS DOUBLE) / nullif(n_images, 0))
* (CASE WHEN n_drawn >= 2 THEN cast(greatest(n_some - 1, 0) AS DOUBLE) / nullif(n_images - 1, 0) ELSE 1.0 END)
* (CASE WHEN n_drawn >= 3 THEN cast(greatest(n_some - 2, 0) AS DOUBLE) / nullif(n_images - 2, 0) ELSE 1.0 END)
* (CASE WHEN n_drawn >= 4 THEN cast(greatest(n_some - 3, 0) AS DOUBLE) / nullif(n_images - 3, 0) ELSE 1.0 END)
* (CASE WHEN n_drawn >= 5 THEN cast(greatest(n_some - 4, 0) AS DOUBLE) / nullif(n_images - 4, 0) ELSE 1.0 END)
* (CASE WHEN n_drawn >= 6 THEN cast(greatest(n_some - 5, 0) AS DOUBLE) / nullif(n_images - 5, 0) ELSE 1.0 END)
* (CASE WHEN n_drawn >= 7 THEN cast(greatest(n_some - 6, 0) AS DOUBLE) / nullif(n_images - 6, 0) ELSE 1.0 END)
* (CASE WHEN n_drawn >= 8 THEN cast(greatest(n_some - 7, 0) AS DOUBLE) / nullif(n_images - 7, 0) ELSE 1.0 END)
* (CASE WHEN n_drawn >= 9 THEN cast(greatest(n_some - 8, 0) AS DOUBLE) / nullif(n_images - 8, 0) ELSE 1.0 END)

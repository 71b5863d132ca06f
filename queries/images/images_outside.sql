-- name: images_outside
-- Images that are not in a subset, or have none of some classifications.
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_classifications: a list of classifications; NULL takes every image
-- returns: row_index BIGINT
-- reads: images, subset_images
-- spark: no, it leaves images out of the views of DuckDB
CREATE OR REPLACE MACRO images_outside(
    in_subset VARCHAR := NULL,
    in_classifications VARCHAR[] := NULL
) AS TABLE
    SELECT images.row_index
    FROM images
    LEFT JOIN subset_images(in_subset) AS selected ON images.row_index = selected.row_index
    WHERE
        selected.row_index IS NULL
        OR NOT coalesce(list_contains(in_classifications, images.classification), in_classifications IS NULL)

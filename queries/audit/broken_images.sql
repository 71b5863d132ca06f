-- name: broken_images
-- Images whose file is known to be missing, empty or corrupt, as far as directories of folders and zips tell.
-- Of an image whose zip and folder are both missing nothing is known. left_out_images are in no row.
-- param in_split: train, validation or test; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split, prompt_id, image_path, location, member, size, status, detail, row_index
-- reads: subset_images, image_files
-- query: broken_images
-- question: Which images have a file that is missing, empty or corrupt?
-- note: No image is read: `irdb verify` reads them all and finds more.
-- order: row_index
CREATE OR REPLACE MACRO broken_images(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        images.split,
        images.prompt_id,
        images.image_path,
        files.location,
        files.member,
        files.size,
        files.status,
        files.detail,
        images.row_index
    FROM subset_images(in_subset, in_split) AS images
    INNER JOIN image_files AS files ON images.row_index = files.row_index
    WHERE files.status IN ('missing', 'empty', 'corrupt')

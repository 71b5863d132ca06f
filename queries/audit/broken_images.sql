-- name: broken_images
-- Images whose file is missing, empty or corrupt, according to the listings of folders and zips.
-- Images whose zip and folder are both missing are not listed, nor are left_out_images.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, image_path VARCHAR, location VARCHAR, member VARCHAR, size BIGINT, status VARCHAR, detail VARCHAR, row_index BIGINT
-- important: image_path, status, detail, location, member
-- reads: subset_images, image_files
-- query: broken_images
-- question: Which images have a missing, empty or corrupt file?
-- note: No image is read; `irdb verify` reads them all and finds more.
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

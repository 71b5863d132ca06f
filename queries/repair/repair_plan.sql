-- name: repair_plan
-- One row per image with a broken file, with the archive and member of DiffusionDB Large that hold the original.
-- Broken is missing, empty or corrupt. An image that a verification did not find ok (--images FILE, images= in Python), though
-- listings show no fault, has the status unverified. Images whose zip and folder are both missing are not listed: download those. To
-- repair an image, put the member at image_path below the folder of the images: on a disk, an unpacked file takes precedence over
-- the zip. archive and member are NULL, and problem says why, if prompt_id or the file name are not as published. They are inferred
-- from names, as in diffusiondb_archive, and were not checked: see that part-….json in the archive gives the member this prompt.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, image_path VARCHAR, status VARCHAR, detail VARCHAR, archive VARCHAR, member VARCHAR, problem VARCHAR, row_index BIGINT
-- important: image_path, status, archive, member, problem, detail
-- reads: metadata, image_files, left_out_images, split_name, diffusiondb_archive
-- source: layout of the dataset poloclub/diffusiondb
-- query: repair_plan
-- question: Which archive and member of DiffusionDB hold the original of each broken image?
-- note: Inferred from names and not checked; see the macro. No image is read: `--images FILE` adds the broken images that `irdb verify -o FILE` has listed.
-- order: row_index
CREATE OR REPLACE MACRO repair_plan(in_split VARCHAR := NULL) AS TABLE
    WITH broken AS (
        SELECT
            metadata.split,
            metadata.prompt_id,
            metadata.prompt,
            metadata.image_path,
            CASE WHEN files.status = 'ok' THEN 'unverified' ELSE files.status END AS status,
            CASE
                WHEN files.status = 'ok' THEN 'the verification did not find it ok, or it has changed since'
                ELSE files.detail
            END AS detail,
            diffusiondb_archive(metadata.prompt_id) AS archive,
            split_part(metadata.image_path, '/', -1) AS file_name,
            metadata.row_index
        FROM image_files AS files
        INNER JOIN metadata ON files.row_index = metadata.row_index
        LEFT JOIN left_out_images AS left_out ON files.row_index = left_out.row_index
        WHERE
            files.status IN ('missing', 'empty', 'corrupt')
            OR (files.status = 'ok' AND left_out.row_index IS NOT NULL)
    ),

    checked AS (
        SELECT
            *,
            CASE
                WHEN archive IS NULL THEN 'prompt_id names no part of DiffusionDB Large'
                WHEN
                    NOT regexp_matches(
                        file_name, '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[.]webp$'
                    )
                    THEN 'the file name is not one of DiffusionDB Large, which are {uuid}.webp'
            END AS problem
        FROM broken
    ),

    -- In a row of its own, so that an unknown split raises an error even if other filters leave no image to check.
    selection AS (SELECT string_split(split_name(in_split), ',') AS selected_splits)

    SELECT
        checked.split,
        checked.prompt_id,
        checked.prompt,
        checked.image_path,
        checked.status,
        checked.detail,
        CASE WHEN checked.problem IS NULL THEN checked.archive END AS archive,
        CASE WHEN checked.problem IS NULL THEN checked.file_name END AS member,
        checked.problem,
        checked.row_index
    FROM checked
    CROSS JOIN selection
    WHERE selection.selected_splits IS NULL OR list_contains(selection.selected_splits, checked.split)

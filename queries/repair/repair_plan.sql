-- name: repair_plan
-- Images whose file is missing, empty or corrupt, each with the archive and member of DiffusionDB Large that hold the original.
-- An image that a verification has not found ok (--images FILE, images= in Python), though directories tell nothing against it,
-- is in it, too, with the status unverified. Of an image whose zip and folder are both missing nothing is known: download those.
-- To repair an image, put the member at image_path below the folder of the images: on a disk an unpacked file goes before the zip.
-- archive and member are NULL, and problem says why, where prompt_id or the file name are not as published. They are inferred from
-- names, as diffusiondb_archive tells, and were not looked up: see that part-….json in the archive gives the member this prompt.
-- param in_split: train, validation or test; NULL takes all splits
-- returns: split, prompt_id, prompt, image_path, status, detail, archive, member, problem, row_index
-- reads: metadata, image_files, left_out_images, split_name, diffusiondb_archive
-- source: layout of the dataset poloclub/diffusiondb
-- query: repair_plan
-- question: Which archive and member of DiffusionDB hold the original of each broken image?
-- note: Inferred from names, and not looked up; see the macro. No image is read: `--images FILE` adds what `irdb verify -o FILE` has found.
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
                WHEN files.status = 'ok' THEN 'the verification has not found it ok, or it has changed since'
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

    judged AS (
        SELECT
            *,
            CASE
                WHEN archive IS NULL THEN 'prompt_id names no part of DiffusionDB Large'
                WHEN
                    NOT regexp_matches(
                        file_name, '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[.]webp$'
                    )
                    THEN 'the file name is none of DiffusionDB Large, which are {uuid}.webp'
            END AS problem
        FROM broken
    ),

    -- Asked for beside the rows: a filter on them may leave none for which the engine would look at the word.
    asked AS (SELECT split_name(in_split) AS asked_split)

    SELECT
        judged.split,
        judged.prompt_id,
        judged.prompt,
        judged.image_path,
        judged.status,
        judged.detail,
        CASE WHEN judged.problem IS NULL THEN judged.archive END AS archive,
        CASE WHEN judged.problem IS NULL THEN judged.file_name END AS member,
        judged.problem,
        judged.row_index
    FROM judged
    CROSS JOIN asked
    WHERE asked.asked_split IS NULL OR judged.split = asked.asked_split

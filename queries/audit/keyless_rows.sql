-- name: keyless_rows
-- Rows of the source without image_path or prompt_id, which the view images leaves out.
-- As in subset_images, rows of train whose path names no part belong to no subset.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, image_path VARCHAR, prompt_id VARCHAR, prompt VARCHAR, row_index BIGINT
-- reads: metadata, split_name, subset_parts, path_part
-- query: keyless_rows
-- question: Which rows have no image_path or no prompt_id?
-- order: row_index
CREATE OR REPLACE MACRO keyless_rows(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH keyless AS (
        SELECT
            split,
            image_path,
            prompt_id,
            prompt,
            row_index,
            path_part(image_path) AS part
        FROM metadata
        WHERE image_path IS NULL OR prompt_id IS NULL
    )

    SELECT
        split,
        image_path,
        prompt_id,
        prompt,
        row_index
    FROM keyless
    WHERE
        (in_split IS NULL OR list_contains(string_split(split_name(in_split), ','), split))
        AND (
            in_subset IS NULL
            OR (
                subset_parts(in_subset) > 0
                AND (split <> 'train' OR coalesce(part, subset_parts('8k')) <= subset_parts(in_subset))
            )
        )

-- name: layout_images
-- One row per image of a prompt of a table of pairs, in the columns of metadata, and what finds its bytes and votes.
-- Images are in the order in which they first occur, and have text, class and generator from there. image_amount_in_total is NULL where
-- more than 127 images have the same prompt. cell_file, cell_row and cell_side tell where the image first occurs: the number of the
-- file, its row, and 1 for a first or 2 for a second image.
-- param pairs_table: the pairs, as layout_pairs returns them
-- param prompts_table: their prompts, as layout_prompts returns them
-- param start_row: row_index of the first image
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating, split, row_index, generator, prompt_number, cell_file, cell_row, cell_side
-- spark: no, no function of Spark takes the name of a table
CREATE OR REPLACE MACRO layout_images(
    pairs_table VARCHAR,
    prompts_table VARCHAR,
    start_row BIGINT
) AS TABLE
    WITH sides AS (
        SELECT
            prompt_number,
            first_path AS image_path,
            first_rank AS rank,
            2 * row_order AS place
        FROM query_table(pairs_table)
        UNION ALL
        SELECT
            prompt_number,
            second_path AS image_path,
            second_rank AS rank,
            2 * row_order + 1 AS place
        FROM query_table(pairs_table)
        WHERE second_path IS NOT NULL
    ),

    distinct_images AS (
        SELECT
            prompt_number,
            image_path,
            min(rank) AS rank,
            min(place) AS place
        FROM sides
        GROUP BY prompt_number, image_path
    ),

    numbered AS (
        SELECT
            *,
            count(*) OVER (PARTITION BY prompt_number) AS images,
            row_number() OVER (ORDER BY place) - 1 AS image_number
        FROM distinct_images
    )

    SELECT
        numbered.image_path,
        prompts.prompt_id,
        pairs.prompt,
        pairs.classification,
        try_cast(numbered.images AS TINYINT) AS image_amount_in_total,
        try_cast(numbered.rank AS TINYINT) AS rank,
        cast(NULL AS TINYINT) AS overall_rating,
        cast(NULL AS TINYINT) AS image_text_alignment_rating,
        cast(NULL AS TINYINT) AS fidelity_rating,
        prompts.split,
        cast(start_row + numbered.image_number AS BIGINT) AS row_index,
        CASE WHEN numbered.place % 2 = 0 THEN pairs.first_generator ELSE pairs.second_generator END AS generator,
        numbered.prompt_number,
        pairs.file_number AS cell_file,
        pairs.source_row AS cell_row,
        cast(1 + numbered.place % 2 AS BIGINT) AS cell_side
    FROM numbered
    INNER JOIN query_table(pairs_table) AS pairs ON numbered.place // 2 = pairs.row_order
    INNER JOIN query_table(prompts_table) AS prompts ON numbered.prompt_number = prompts.prompt_number

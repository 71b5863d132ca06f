-- name: layout_images
-- One row per image of a prompt of a table in the columns that all layouts share, in the columns of metadata.
-- Images are in the order in which they first occur. A prompt without an id has the MD5 hash of its text for one, the same on every
-- machine. image_amount_in_total is NULL where more than 127 images have the same prompt. cell_file, cell_row and cell_side tell where
-- the image first occurs: the number of the file, its row, and 1 for a first or 2 for a second image.
-- param rows_table: the table
-- param start_row: row_index of the first image
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating, split, row_index, generator, cell_file, cell_row, cell_side
-- spark: no, no function of Spark takes the name of a table
CREATE OR REPLACE MACRO layout_images(rows_table VARCHAR, start_row BIGINT) AS TABLE
    WITH numbered AS (
        SELECT
            *,
            row_number() OVER () AS row_order
        FROM query_table(rows_table)
    ),

    sides AS (
        SELECT
            coalesce(prompt_id, md5(prompt)) AS prompt_id,
            prompt,
            classification,
            split,
            first_path AS image_path,
            first_generator AS generator,
            first_rank AS rank,
            2 * row_order AS place,
            file_number,
            source_row
        FROM numbered
        UNION ALL
        SELECT
            coalesce(prompt_id, md5(prompt)) AS prompt_id,
            prompt,
            classification,
            split,
            second_path AS image_path,
            second_generator AS generator,
            second_rank AS rank,
            2 * row_order + 1 AS place,
            file_number,
            source_row
        FROM numbered
        WHERE second_path IS NOT NULL
    ),

    distinct_images AS (
        SELECT
            split,
            prompt_id,
            image_path,
            arg_min(prompt, place) AS prompt,
            arg_min(classification, place) AS classification,
            arg_min(generator, place) AS generator,
            min(rank) AS rank,
            min(place) AS place,
            arg_min(file_number, place) AS cell_file,
            arg_min(source_row, place) AS cell_row
        FROM sides
        GROUP BY split, prompt_id, image_path
    )

    SELECT
        image_path,
        prompt_id,
        prompt,
        classification,
        try_cast(count(*) OVER (PARTITION BY split, prompt_id) AS TINYINT) AS image_amount_in_total,
        try_cast(rank AS TINYINT) AS rank,
        cast(NULL AS TINYINT) AS overall_rating,
        cast(NULL AS TINYINT) AS image_text_alignment_rating,
        cast(NULL AS TINYINT) AS fidelity_rating,
        split,
        cast(start_row + row_number() OVER (ORDER BY place) - 1 AS BIGINT) AS row_index,
        generator,
        cell_file,
        cell_row,
        cast(1 + place % 2 AS BIGINT) AS cell_side
    FROM distinct_images

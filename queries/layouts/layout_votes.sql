-- name: layout_votes
-- One row per vote of a table in the columns that all layouts share, in the columns of source_votes.
-- param rows_table: the table
-- param images_table: its images, as layout_images returns them
-- param file_names: the name of each file, by its number from 0
-- returns: first_row, second_row, annotator, first_votes, second_votes, tied_votes, strength, weight, vote_index, source_file, source_row
-- spark: no, no function of Spark takes the name of a table
CREATE OR REPLACE MACRO layout_votes(rows_table VARCHAR, images_table VARCHAR, file_names VARCHAR[]) AS TABLE
    WITH numbered AS (
        SELECT
            *,
            row_number() OVER () AS row_order
        FROM query_table(rows_table)
    )

    SELECT
        first_images.row_index AS first_row,
        second_images.row_index AS second_row,
        pairs.annotator,
        pairs.first_votes,
        pairs.second_votes,
        pairs.tied_votes,
        pairs.strength,
        pairs.weight,
        cast(row_number() OVER (ORDER BY pairs.row_order) - 1 AS BIGINT) AS vote_index,
        file_names[pairs.file_number + 1] AS source_file,
        pairs.source_row
    FROM numbered AS pairs
    INNER JOIN query_table(images_table) AS first_images
        ON
            pairs.split = first_images.split
            AND coalesce(pairs.prompt_id, md5(pairs.prompt)) = first_images.prompt_id
            AND pairs.first_path = first_images.image_path
    INNER JOIN query_table(images_table) AS second_images
        ON
            pairs.split = second_images.split
            AND coalesce(pairs.prompt_id, md5(pairs.prompt)) = second_images.prompt_id
            AND pairs.second_path = second_images.image_path
    WHERE pairs.first_votes + pairs.second_votes + pairs.tied_votes > 0

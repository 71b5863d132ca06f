-- name: layout_votes
-- One row per vote of a table of pairs, in the columns of source_votes.
-- param pairs_table: the pairs, as layout_pairs returns them
-- param images_table: their images, as layout_images returns them
-- param file_names: the name of each file, by its number from 0
-- returns: first_row, second_row, annotator, first_votes, second_votes, tied_votes, strength, weight, vote_index, source_file, source_row
-- spark: no, no function of Spark takes the name of a table
CREATE OR REPLACE MACRO layout_votes(
    pairs_table VARCHAR,
    images_table VARCHAR,
    file_names VARCHAR[]
) AS TABLE
    SELECT
        first_images.row_index AS first_row,
        second_images.row_index AS second_row,
        pairs.annotator,
        pairs.first_votes,
        pairs.second_votes,
        pairs.tied_votes,
        pairs.strength,
        pairs.weight,
        pairs.row_order - 1 AS vote_index,
        file_names[pairs.file_number + 1] AS source_file,
        pairs.source_row
    FROM query_table(pairs_table) AS pairs
    INNER JOIN query_table(images_table) AS first_images
        ON pairs.prompt_number = first_images.prompt_number AND pairs.first_path = first_images.image_path
    INNER JOIN query_table(images_table) AS second_images
        ON pairs.prompt_number = second_images.prompt_number AND pairs.second_path = second_images.image_path
    WHERE pairs.first_votes + pairs.second_votes + pairs.tied_votes > 0

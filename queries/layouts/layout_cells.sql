-- name: layout_cells
-- The rows of image_cells of a table of images, for the files that have columns of bytes.
-- param images_table: the images, as layout_images returns them
-- param file_names: the name of each file, by its number from 0
-- param files_with_bytes: the numbers of the files that have columns of bytes
-- returns: row_index, image_path, cell_file, cell_row, cell_side, location
-- spark: no, no function of Spark takes the name of a table
CREATE OR REPLACE MACRO layout_cells(
    images_table VARCHAR,
    file_names VARCHAR[],
    files_with_bytes BIGINT[]
) AS TABLE
    SELECT
        row_index,
        image_path,
        cell_file,
        cell_row,
        cell_side,
        file_names[cell_file + 1] AS location
    FROM query_table(images_table)
    WHERE list_contains(files_with_bytes, cell_file)

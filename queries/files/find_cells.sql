-- name: find_cells
-- The places of the bytes of images in columns of Parquet files, by path.
-- param in_paths: paths of images
-- returns: image_path, cell_file, cell_row, cell_side
-- reads: image_cells
CREATE OR REPLACE MACRO find_cells(in_paths VARCHAR[]) AS TABLE
    WITH wanted AS (
        SELECT DISTINCT unnest(in_paths) AS image_path
    )

    SELECT
        image_cells.image_path,
        arg_min(image_cells.cell_file, image_cells.row_index) AS cell_file,
        arg_min(image_cells.cell_row, image_cells.row_index) AS cell_row,
        arg_min(image_cells.cell_side, image_cells.row_index) AS cell_side
    FROM image_cells
    INNER JOIN wanted ON image_cells.image_path = wanted.image_path
    GROUP BY image_cells.image_path

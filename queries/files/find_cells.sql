-- name: find_cells
-- The places of the bytes of images in columns of Parquet files, by path.
-- param in_paths: paths of images
-- returns: image_path VARCHAR, cell_file BIGINT, cell_row BIGINT, cell_side BIGINT
-- reads: image_cells
CREATE OR REPLACE MACRO find_cells(in_paths VARCHAR[]) AS TABLE
    SELECT
        image_path,
        arg_min(cell_file, row_index) AS cell_file,
        arg_min(cell_row, row_index) AS cell_row,
        arg_min(cell_side, row_index) AS cell_side
    FROM image_cells
    SEMI JOIN (SELECT unnest(in_paths) AS wanted) AS paths ON image_cells.image_path = paths.wanted
    GROUP BY image_path

-- name: image_cells
-- One row per image whose bytes are in a column of a Parquet file of the source; empty where no file has such columns.
-- cell_file is the number of the file, cell_row counts its rows from 1, and cell_side is 1 for the column of first images and 2 for
-- that of second ones. location is the name of the file. An image that occurs in several rows is read where it first occurs.
-- returns: row_index BIGINT, image_path VARCHAR, cell_file BIGINT, cell_row BIGINT, cell_side BIGINT, location VARCHAR
CREATE OR REPLACE VIEW image_cells AS
SELECT
    cast(0 AS BIGINT) AS row_index,
    cast('' AS VARCHAR) AS image_path,
    cast(0 AS BIGINT) AS cell_file,
    cast(0 AS BIGINT) AS cell_row,
    cast(0 AS BIGINT) AS cell_side,
    cast('' AS VARCHAR) AS location
WHERE FALSE

-- name: path_part
-- The part of the dataset that an image path names, 3 in images/train/train_3/…; NULL if it names none.
-- param input_path: a path; NULL gives NULL
-- reads: plain_path
CREATE OR REPLACE MACRO path_part(input_path VARCHAR) AS
try_cast(
    regexp_extract(split_part(split_part(plain_path(input_path), '/', 3), '_', 2), '^[0-9]+$') AS SMALLINT
)

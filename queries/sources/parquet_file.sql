-- name: parquet_file
-- Rows of one published metadata parquet file, every column in its documented type.
-- param file_path: the parquet file
-- param file_split: split of all rows; NULL takes the split of each row from its path, images/{split}/…
-- param start_row: row_index of the file's first row
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating, split, row_index, generator
-- source: dataset card of ImageRewardDB, metadata-{split}.parquet
-- spark: no, no function of Spark takes a path; it reads the file when it opens a source
CREATE OR REPLACE MACRO parquet_file(
    file_path VARCHAR,
    file_split VARCHAR := NULL,
    start_row BIGINT := 0
) AS TABLE
    SELECT
        cast(image_path AS VARCHAR) AS image_path,
        cast(prompt_id AS VARCHAR) AS prompt_id,
        cast(prompt AS VARCHAR) AS prompt,
        cast(classification AS VARCHAR) AS classification,
        cast(image_amount_in_total AS TINYINT) AS image_amount_in_total,
        cast(rank AS TINYINT) AS rank,
        cast(overall_rating AS TINYINT) AS overall_rating,
        cast(image_text_alignment_rating AS TINYINT) AS image_text_alignment_rating,
        cast(fidelity_rating AS TINYINT) AS fidelity_rating,
        coalesce(file_split, split_part(image_path, '/', 2)) AS split,
        cast(start_row + file_row_number AS BIGINT) AS row_index,
        cast(NULL AS VARCHAR) AS generator
    FROM read_parquet(file_path, hive_partitioning := FALSE)

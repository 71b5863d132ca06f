-- name: parquet_file_faults
-- Columns of a metadata parquet file that hold a value they cannot have, each with its smallest such value.
-- A rank, rating or number of images is a whole number that fits one byte; without file_split a path must name a split.
-- param file_path: the parquet file
-- param file_split: split of its rows; NULL takes each row's from its path
-- returns: column_name, offending_value
-- spark: reads the parquet through a view of the same columns
CREATE OR REPLACE MACRO parquet_file_faults(
    file_path VARCHAR,
    file_split VARCHAR := NULL
) AS TABLE
    WITH offending AS (
        SELECT
            min(image_amount_in_total) FILTER (
                WHERE try_cast(image_amount_in_total AS TINYINT) IS DISTINCT FROM image_amount_in_total
            ) AS image_amount,
            min(rank) FILTER (WHERE try_cast(rank AS TINYINT) IS DISTINCT FROM rank) AS rank,
            min(overall_rating) FILTER (
                WHERE try_cast(overall_rating AS TINYINT) IS DISTINCT FROM overall_rating
            ) AS overall,
            min(image_text_alignment_rating) FILTER (
                WHERE try_cast(image_text_alignment_rating AS TINYINT) IS DISTINCT FROM image_text_alignment_rating
            ) AS alignment,
            min(fidelity_rating) FILTER (
                WHERE try_cast(fidelity_rating AS TINYINT) IS DISTINCT FROM fidelity_rating
            ) AS fidelity,
            min(image_path) FILTER (
                WHERE file_split IS NULL AND split_part(image_path, '/', 2) NOT IN ('train', 'validation', 'test')
            ) AS image_path
        FROM read_parquet(file_path, hive_partitioning := FALSE)
    ),

    named AS (
        SELECT
            'image_amount_in_total' AS column_name,
            cast(image_amount AS VARCHAR) AS offending_value
        FROM offending
        UNION ALL
        SELECT
            'rank' AS column_name,
            cast(rank AS VARCHAR) AS offending_value
        FROM offending
        UNION ALL
        SELECT
            'overall_rating' AS column_name,
            cast(overall AS VARCHAR) AS offending_value
        FROM offending
        UNION ALL
        SELECT
            'image_text_alignment_rating' AS column_name,
            cast(alignment AS VARCHAR) AS offending_value
        FROM offending
        UNION ALL
        SELECT
            'fidelity_rating' AS column_name,
            cast(fidelity AS VARCHAR) AS offending_value
        FROM offending
        UNION ALL
        SELECT
            'image_path' AS column_name,
            image_path AS offending_value
        FROM offending
    )

    SELECT
        column_name,
        offending_value
    FROM named
    WHERE offending_value IS NOT NULL

-- name: parquet_file_faults
-- One row per column of a metadata parquet file that has invalid values, with the smallest of them.
-- A rank, rating or number of images must be a whole number within one byte; without file_split, a path must name a split.
-- param file_path: the parquet file
-- param file_split: split of its rows; NULL takes each row's from its path
-- returns: column_name, offending_value
-- spark: no, no function of Spark takes a path; Spark checks each value when it reads it
CREATE OR REPLACE MACRO parquet_file_faults(
    file_path VARCHAR,
    file_split VARCHAR := NULL
) AS TABLE
    WITH offending AS (
        SELECT
            unnest([
                {
                    'column_name': 'image_amount_in_total',
                    'offending_value': cast(min(image_amount_in_total) FILTER (
                        WHERE try_cast(image_amount_in_total AS TINYINT) IS DISTINCT FROM image_amount_in_total
                    ) AS VARCHAR)
                },
                {
                    'column_name': 'rank',
                    'offending_value': cast(
                        min(rank) FILTER (WHERE try_cast(rank AS TINYINT) IS DISTINCT FROM rank) AS VARCHAR
                    )
                },
                {
                    'column_name': 'overall_rating',
                    'offending_value': cast(min(overall_rating) FILTER (
                        WHERE try_cast(overall_rating AS TINYINT) IS DISTINCT FROM overall_rating
                    ) AS VARCHAR)
                },
                {
                    'column_name': 'image_text_alignment_rating',
                    'offending_value': cast(min(image_text_alignment_rating) FILTER (
                        WHERE
                        try_cast(image_text_alignment_rating AS TINYINT)
                        IS DISTINCT FROM image_text_alignment_rating
                    ) AS VARCHAR)
                },
                {
                    'column_name': 'fidelity_rating',
                    'offending_value': cast(min(fidelity_rating) FILTER (
                        WHERE try_cast(fidelity_rating AS TINYINT) IS DISTINCT FROM fidelity_rating
                    ) AS VARCHAR)
                },
                {
                    'column_name': 'image_path',
                    'offending_value': min(image_path) FILTER (
                        WHERE
                        file_split IS NULL
                        AND split_part(image_path, '/', 2) NOT IN ('train', 'validation', 'test')
                    )
                }
            ], max_depth := 2)
        FROM read_parquet(file_path, hive_partitioning := FALSE)
    )

    SELECT
        column_name,
        offending_value
    FROM offending
    WHERE offending_value IS NOT NULL

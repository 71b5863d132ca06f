-- name: parquet_file_checks
-- One row: how much a metadata parquet file holds, the first column with an invalid value, and what its footer says wrongly.
-- value_bytes is the length of all texts in UTF-8, and one byte a number. A rank, rating or number of images must be a whole number
-- within one byte; without file_split, a path must name a split; the smallest other value is told. footer_fault is a sentence where
-- the footer contradicts itself or the rows about how many there are, or how many have no image_path. All three are NULL for a sound
-- file.
-- param file_path: the parquet file
-- param file_split: split of its rows; NULL takes each row's from its path
-- returns: row_count, value_bytes, column_name, offending_value, footer_fault
-- source: Parquet format, RowGroup.num_rows, ColumnMetaData.num_values and Statistics.null_count
-- spark: no, no function of Spark takes a path; Spark checks each value when it reads it
CREATE OR REPLACE MACRO parquet_file_checks(
    file_path VARCHAR,
    file_split VARCHAR := NULL
) AS TABLE
    WITH counts AS (
        SELECT
            count(*) AS row_count,
            count(*) - count(nullif(strlen(image_path), -1)) AS missing_paths,  -- counted, not taken from the footer
            cast(
                5 * count(*)
                + coalesce(sum(strlen(cast(image_path AS VARCHAR))), 0)
                + coalesce(sum(strlen(cast(prompt_id AS VARCHAR))), 0)
                + coalesce(sum(strlen(cast(prompt AS VARCHAR))), 0)
                + coalesce(sum(strlen(cast(classification AS VARCHAR))), 0)
                AS BIGINT
            ) AS value_bytes,
            min(image_amount_in_total) FILTER (
                WHERE try_cast(image_amount_in_total AS TINYINT) IS DISTINCT FROM image_amount_in_total
            ) AS offending_amount,
            min(rank) FILTER (
                WHERE try_cast(rank AS TINYINT) IS DISTINCT FROM rank
            ) AS offending_rank,
            min(overall_rating) FILTER (
                WHERE try_cast(overall_rating AS TINYINT) IS DISTINCT FROM overall_rating
            ) AS offending_overall,
            min(image_text_alignment_rating) FILTER (
                WHERE try_cast(image_text_alignment_rating AS TINYINT) IS DISTINCT FROM image_text_alignment_rating
            ) AS offending_alignment,
            min(fidelity_rating) FILTER (
                WHERE try_cast(fidelity_rating AS TINYINT) IS DISTINCT FROM fidelity_rating
            ) AS offending_fidelity,
            min(image_path) FILTER (
                WHERE
                file_split IS NULL
                AND split_part(image_path, '/', 2) NOT IN ('train', 'validation', 'test')
            ) AS offending_path
        FROM read_parquet(file_path, hive_partitioning := FALSE)
    ),

    footer AS (
        SELECT
            coalesce(bool_and(num_values = row_group_num_rows), TRUE) AS is_consistent,
            coalesce(sum(row_group_num_rows) FILTER (WHERE lower(path_in_schema) = 'image_path'), 0) AS row_count,
            CASE
                WHEN count(stats_null_count) = count(*)
                    THEN sum(stats_null_count) FILTER (WHERE lower(path_in_schema) = 'image_path')
            END AS missing_paths
        FROM parquet_metadata(file_path)
        WHERE lower(path_in_schema) IN (
            'image_path', 'prompt_id', 'prompt', 'classification', 'image_amount_in_total', 'rank', 'overall_rating',
            'image_text_alignment_rating', 'fidelity_rating'
        )
    )

    SELECT
        counts.row_count,
        counts.value_bytes,
        CASE
            WHEN counts.offending_amount IS NOT NULL THEN 'image_amount_in_total'
            WHEN counts.offending_rank IS NOT NULL THEN 'rank'
            WHEN counts.offending_overall IS NOT NULL THEN 'overall_rating'
            WHEN counts.offending_alignment IS NOT NULL THEN 'image_text_alignment_rating'
            WHEN counts.offending_fidelity IS NOT NULL THEN 'fidelity_rating'
            WHEN counts.offending_path IS NOT NULL THEN 'image_path'
        END AS column_name,
        coalesce(
            cast(counts.offending_amount AS VARCHAR),
            cast(counts.offending_rank AS VARCHAR),
            cast(counts.offending_overall AS VARCHAR),
            cast(counts.offending_alignment AS VARCHAR),
            cast(counts.offending_fidelity AS VARCHAR),
            cast(counts.offending_path AS VARCHAR)
        ) AS offending_value,
        CASE
            WHEN NOT footer.is_consistent THEN 'its footer tells of a column with more or fewer values than rows'
            WHEN footer.row_count <> counts.row_count
                THEN concat('its footer tells of ', footer.row_count, ' rows, but it has ', counts.row_count)
            WHEN footer.missing_paths <> counts.missing_paths
                THEN concat(
                    'its footer tells of ', footer.missing_paths, ' rows without image_path, but it has ',
                    counts.missing_paths
                )
        END AS footer_fault
    FROM counts
    CROSS JOIN footer

-- name: parquet_statistics_faults
-- One row per row group and column of a metadata parquet file whose values lie outside the minimum or maximum in its footer.
-- The engine skips row groups by these two, so that a wrong one loses rows without an error.
-- param file_path: the parquet file
-- returns: row_group, column_name, claimed_min, claimed_max, actual_min, actual_max
-- source: Parquet format, Statistics.min_value and max_value
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO parquet_statistics_faults(file_path VARCHAR) AS TABLE
    WITH claims AS (
        SELECT
            row_group_id,
            row_group_num_rows,
            lower(path_in_schema) AS column_name,
            coalesce(stats_min_value, stats_min) AS claimed_min,
            coalesce(stats_max_value, stats_max) AS claimed_max
        FROM parquet_metadata(file_path)
    ),

    row_groups AS (
        SELECT
            row_group_id,
            cast(sum(row_count) OVER (ORDER BY row_group_id) AS BIGINT) - row_count AS first_row,
            cast(sum(row_count) OVER (ORDER BY row_group_id) AS BIGINT) AS end_row
        FROM (
            SELECT
                row_group_id,
                max(row_group_num_rows) AS row_count
            FROM claims
            GROUP BY row_group_id
        ) AS sizes
    ),

    column_bounds AS (
        SELECT
            row_groups.row_group_id,
            unnest([
                {
                    'name': 'image_path',
                    'low': cast(min(image_path) AS VARCHAR),
                    'high': cast(max(image_path) AS VARCHAR)
                },
                {
                    'name': 'prompt_id', 'low': cast(min(prompt_id) AS VARCHAR), 'high': cast(max(prompt_id) AS VARCHAR)
                },
                { 'name': 'prompt', 'low': cast(min(prompt) AS VARCHAR), 'high': cast(max(prompt) AS VARCHAR) },
                {
                    'name': 'classification',
                    'low': cast(min(classification) AS VARCHAR),
                    'high': cast(max(classification) AS VARCHAR)
                },
                {
                    'name': 'image_amount_in_total',
                    'low': cast(min(image_amount_in_total) AS VARCHAR),
                    'high': cast(max(image_amount_in_total) AS VARCHAR)
                },
                { 'name': 'rank', 'low': cast(min(rank) AS VARCHAR), 'high': cast(max(rank) AS VARCHAR) },
                {
                    'name': 'overall_rating',
                    'low': cast(min(overall_rating) AS VARCHAR),
                    'high': cast(max(overall_rating) AS VARCHAR)
                },
                {
                    'name': 'image_text_alignment_rating',
                    'low': cast(min(image_text_alignment_rating) AS VARCHAR),
                    'high': cast(max(image_text_alignment_rating) AS VARCHAR)
                },
                {
                    'name': 'fidelity_rating',
                    'low': cast(min(fidelity_rating) AS VARCHAR),
                    'high': cast(max(fidelity_rating) AS VARCHAR)
                }
            ]) AS bound
        FROM read_parquet(file_path, hive_partitioning := FALSE) AS file_rows
        INNER JOIN row_groups
            ON
                file_rows.file_row_number >= row_groups.first_row
                AND file_rows.file_row_number < row_groups.end_row
        GROUP BY row_groups.row_group_id
    ),

    bounds AS (
        SELECT
            column_bounds.row_group_id,
            column_bounds.bound.name,
            column_bounds.bound.low,
            column_bounds.bound.high
        FROM column_bounds
    )

    SELECT
        cast(bounds.row_group_id AS BIGINT) AS row_group,
        bounds.name AS column_name,
        claims.claimed_min,
        claims.claimed_max,
        bounds.low AS actual_min,
        bounds.high AS actual_max
    FROM bounds
    INNER JOIN claims
        ON bounds.row_group_id = claims.row_group_id AND bounds.name = claims.column_name
    WHERE
        CASE
            WHEN bounds.name IN ('image_path', 'prompt_id', 'prompt', 'classification')
                THEN bounds.low < claims.claimed_min OR bounds.high > claims.claimed_max
            ELSE
                bounds.low IS NOT NULL
                AND (
                    coalesce(try_cast(bounds.low AS DOUBLE) < try_cast(claims.claimed_min AS DOUBLE), FALSE)
                    OR coalesce(try_cast(bounds.high AS DOUBLE) > try_cast(claims.claimed_max AS DOUBLE), FALSE)
                )
        END

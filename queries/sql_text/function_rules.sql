-- name: function_rules
-- One row per function of the engine with a rule in safe sessions: refused always, or allowed although it returns rows.
-- Refused are functions that read the machine, change the session, run or parse text as a statement, or sleep, and those that
-- end the process or run for hours on deeply nested or long text, whatever the limits are.
-- returns: function_name VARCHAR, rule VARCHAR
CREATE OR REPLACE VIEW function_rules AS
SELECT
    unnest([
        'current_setting', 'pg_sleep', 'sleep_ms', 'write_log', 'setval', 'nextval', 'currval', 'current_query',
        'getenv', 'json_serialize_plan', 'json_deserialize_sql', 'pg_postmaster_start_time', 'pg_conf_load_time',
        'json_transform', 'json_transform_strict', 'from_json', 'from_json_strict', 'json_contains', 'json_tree',
        'make_type', 'make_timestamptz', 'stats', 'variant_array_length', 'variant_bytes_to_variant',
        'variant_comparator', 'variant_contains', 'variant_exists', 'variant_extract', 'variant_extract_string',
        'variant_group_object', 'variant_keys', 'variant_normalize', 'variant_to_parquet_variant', 'variant_type',
        'variant_typeof'
    ]) AS function_name,
    'refused' AS rule
UNION ALL
SELECT
    unnest([
        'unnest', 'range', 'generate_series', 'repeat', 'repeat_row', 'json_each', 'duckdb_columns',
        'duckdb_functions', 'duckdb_keywords', 'duckdb_types', 'icu_calendar_names',
        'pg_timezone_names', 'version'
    ]) AS function_name,
    'allowed' AS rule

-- name: function_rules
-- One row per function of the engine with a rule in safe sessions: refused always, or allowed although it returns rows.
-- Refused are functions that read the machine, change the session, run or parse text as a statement, or sleep.
-- returns: function_name, rule
CREATE OR REPLACE VIEW function_rules AS
SELECT
    unnest([
        'current_setting', 'pg_sleep', 'sleep_ms', 'write_log', 'setval', 'nextval', 'currval', 'current_query',
        'getenv', 'json_serialize_plan', 'json_deserialize_sql', 'pg_postmaster_start_time', 'pg_conf_load_time'
    ]) AS function_name,
    'refused' AS rule
UNION ALL
SELECT
    unnest([
        'unnest', 'range', 'generate_series', 'repeat', 'repeat_row', 'json_each', 'json_tree',
        'duckdb_columns', 'duckdb_functions', 'duckdb_keywords', 'duckdb_types', 'icu_calendar_names',
        'pg_timezone_names', 'version'
    ]) AS function_name,
    'allowed' AS rule

-- name: refused_names
-- Functions, tables and settings in a SELECT statement that a safe session refuses.
-- They read files or the machine, change the session, run or look into text as a statement, take addresses of memory, or sleep.
-- Of functions that return rows only some, and macros of ours, are allowed: others find tables by names made as text.
-- kind is function, table, setting or statement (one that has no syntax tree to look at).
-- param sql_text: one SELECT statement
-- returns: kind, name
-- spark: has no serialised syntax tree; statements are checked before they reach it
CREATE OR REPLACE MACRO refused_names(sql_text VARCHAR) AS TABLE
    WITH trees AS (
        SELECT json_serialize_sql(sql_text) AS tree
    ),

    called AS (
        SELECT
            lower(unnest(json_extract_string(tree, '$..function_name'))) AS name,
            FALSE AS returns_rows
        FROM trees
        UNION ALL
        SELECT
            lower(unnest(json_extract_string(tree, '$..function.function_name'))) AS name,
            TRUE AS returns_rows
        FROM trees
    ),

    named AS (
        SELECT
            lower(unnest(json_extract_string(tree, '$..table_name'))) AS name,
            list_contains(json_extract_string(tree, '$..show_type'), 'SHOW') AS is_shown,
            list_contains(json_extract_string(tree, '$..schema_name'), 'information_schema') AS is_of_schema
        FROM trees
    ),

    known AS (
        SELECT
            lower(function_name) AS name,
            bool_and(function_type IN ('table', 'table_macro', 'pragma')) AS only_returns_rows,
            bool_and(NOT internal) AS is_ours
        FROM duckdb_functions()
        GROUP BY lower(function_name)
    )

    SELECT DISTINCT
        'function' AS kind,
        called.name
    FROM called
    LEFT JOIN known ON called.name = known.name
    WHERE
        called.name IN (
            'current_setting', 'pg_sleep', 'sleep_ms', 'write_log', 'setval', 'nextval', 'currval', 'current_query',
            'getenv', 'json_serialize_plan', 'json_deserialize_sql', 'pg_postmaster_start_time', 'pg_conf_load_time'
        )
        OR (
            (called.returns_rows OR coalesce(known.only_returns_rows, FALSE))
            AND NOT coalesce(known.is_ours, TRUE)
            AND called.name NOT IN (
                'unnest', 'range', 'generate_series', 'repeat', 'repeat_row', 'json_each', 'json_tree',
                'duckdb_columns', 'duckdb_functions', 'duckdb_keywords', 'duckdb_types', 'icu_calendar_names',
                'pg_timezone_names', 'version'
            )
        )
    UNION ALL
    SELECT DISTINCT
        'table' AS kind,
        named.name
    FROM named
    WHERE
        regexp_matches(named.name, '^(duckdb|pragma|pg|sqlite)_')
        OR (named.name = 'views' AND named.is_of_schema)
    UNION ALL
    SELECT DISTINCT
        'setting' AS kind,
        named.name
    FROM named
    INNER JOIN duckdb_settings() AS settings ON named.name = lower(settings.name)
    WHERE named.is_shown
    UNION ALL
    SELECT
        'statement' AS kind,
        json_extract_string(tree, '$.error_message') AS name
    FROM trees
    WHERE json_extract_string(tree, '$.error') = 'true'

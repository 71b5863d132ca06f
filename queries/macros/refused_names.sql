-- name: refused_names
-- Functions, tables and settings in a SELECT statement that a safe session refuses.
-- They read files or the machine, change the session, run text as a statement, take addresses of memory, or sleep. Of functions
-- that return rows only some are allowed.
-- kind is function, table, setting or statement (one that has no syntax tree to look at).
-- param sql_text: one SELECT statement
-- returns: kind, name
-- spark: has no serialised syntax tree; statements are checked before they reach it
CREATE OR REPLACE MACRO refused_names(sql_text VARCHAR) AS TABLE
    WITH trees AS (
        SELECT json_serialize_sql(sql_text) AS tree
    ),

    called AS (
        SELECT lower(unnest(json_extract_string(tree, '$..function_name'))) AS name
        FROM trees
    ),

    named AS (
        SELECT lower(unnest(json_extract_string(tree, '$..table_name'))) AS name
        FROM trees
    )

    SELECT DISTINCT
        'function' AS kind,
        called.name
    FROM called
    WHERE
        called.name IN (
            'current_setting', 'pg_sleep', 'sleep_ms', 'write_log', 'setval', 'nextval', 'currval', 'current_query',
            'getenv'
        )
        OR (
            called.name NOT IN (
                'unnest', 'range', 'generate_series', 'repeat', 'repeat_row', 'json_each', 'json_tree', 'histogram',
                'histogram_values', 'summary', 'query_table', 'duckdb_columns', 'duckdb_functions', 'duckdb_keywords',
                'duckdb_types', 'icu_calendar_names', 'pg_timezone_names', 'version'
            )
            AND called.name IN (
                SELECT lower(known.function_name)
                FROM duckdb_functions() AS known
                WHERE known.internal AND known.function_type IN ('table', 'table_macro', 'pragma')
            )
        )
    UNION ALL
    SELECT DISTINCT
        'table' AS kind,
        named.name
    FROM named
    WHERE
        regexp_matches(named.name, '^(duckdb|pragma|pg|sqlite)_')
        OR named.name = 'views'
    UNION ALL
    SELECT DISTINCT
        'setting' AS kind,
        named.name
    FROM named
    INNER JOIN duckdb_settings() AS known ON named.name = lower(known.name)
    UNION ALL
    SELECT
        'statement' AS kind,
        json_extract_string(tree, '$.error_message') AS name
    FROM trees
    WHERE json_extract_string(tree, '$.error') = 'true'

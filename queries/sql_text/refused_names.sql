-- name: refused_names
-- Functions, tables and settings of a SELECT statement that a safe session refuses.
-- They read files or the machine, change the session, run or parse text as a statement, take addresses of memory, or sleep. Of table
-- functions, only a few and our macros are allowed: others find tables by names made as text. Casts to VARIANT and BIGNUM are refused,
-- since deeply nested or long text ends the process there or runs for hours. kind is function, table, type, setting, length,
-- argument or statement, the last three as in statement_parts.
-- param sql_text: one SELECT statement
-- returns: kind, name
-- reads: statement_parts, function_rules
-- spark: no, it looks into the syntax tree of a statement of this engine
CREATE OR REPLACE MACRO refused_names(sql_text VARCHAR) AS TABLE
    WITH parts AS (
        SELECT
            kind,
            lower(name) AS name
        FROM statement_parts(sql_text)
    ),

    calls AS (
        SELECT
            name,
            bool_or(kind = 'row_function') AS returns_rows
        FROM parts
        WHERE kind IN ('function', 'row_function')
        GROUP BY name
    ),

    statement_flags AS (
        SELECT
            bool_or(kind = 'schema' AND name = 'information_schema') AS uses_information_schema,
            bool_or(kind = 'shown' AND name = 'show') AS is_show
        FROM parts
    ),

    functions AS (
        SELECT
            lower(function_name) AS name,
            bool_and(function_type IN ('table', 'table_macro', 'pragma')) AS only_returns_rows,
            bool_and(NOT internal) AS is_ours
        FROM duckdb_functions()
        GROUP BY lower(function_name)
    )

    SELECT
        'function' AS kind,
        calls.name
    FROM calls
    LEFT JOIN functions ON calls.name = functions.name
    LEFT JOIN function_rules AS rules ON calls.name = rules.function_name
    WHERE
        rules.rule = 'refused'
        OR (
            (calls.returns_rows OR coalesce(functions.only_returns_rows, FALSE))
            AND NOT coalesce(functions.is_ours, TRUE)
            AND rules.rule IS NULL
        )
    UNION ALL
    SELECT
        parts.kind,
        parts.name
    FROM parts
    CROSS JOIN statement_flags
    WHERE
        parts.kind = 'table'
        AND (
            regexp_matches(parts.name, '^(duckdb|pragma|pg|sqlite)_')
            OR (parts.name = 'views' AND statement_flags.uses_information_schema)
        )
    UNION ALL
    SELECT
        'setting' AS kind,
        parts.name
    FROM parts
    CROSS JOIN statement_flags
    INNER JOIN duckdb_settings() AS settings ON parts.name = lower(settings.name)
    WHERE
        parts.kind = 'table'
        AND statement_flags.is_show
    UNION ALL
    SELECT
        kind,
        name
    FROM parts
    WHERE kind IN ('length', 'argument', 'statement') OR (kind = 'type' AND name IN ('variant', 'bignum'))

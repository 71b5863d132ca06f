-- name: macro_arguments
-- The $parameters of a SELECT statement that are arguments of macros, each with the type that the macro declares.
-- A parameter inside an expression, such as $n + 1, has the type of the expression and is not listed.
-- param sql_text: one SELECT statement
-- returns: parameter, macro, argument, type
-- spark: no, it looks into the syntax tree of a statement of this engine
CREATE OR REPLACE MACRO macro_arguments(sql_text VARCHAR) AS TABLE
    WITH nodes AS (
        SELECT
            key,
            value,
            parent
        FROM json_tree(json_serialize_sql(sql_text))
        WHERE key IN ('function_name', 'arguments')
    ),

    passed AS (
        SELECT
            parent,
            unnest(json_extract(value, '$[*]')) AS argument,
            generate_subscripts(json_extract(value, '$[*]'), 1) AS number
        FROM nodes
        WHERE key = 'arguments'
    ),

    declared AS (
        SELECT
            function_name,
            unnest(parameters) AS argument,
            unnest(parameter_types) AS type,
            generate_subscripts(parameters, 1) AS number
        FROM duckdb_functions()
        WHERE NOT internal
    )

    SELECT DISTINCT
        json_extract_string(passed.argument, '$.expression.identifier') AS parameter,
        declared.function_name AS macro,
        declared.argument,
        declared.type
    FROM nodes
    INNER JOIN passed ON nodes.parent = passed.parent
    INNER JOIN declared
        ON
            lower(json_extract_string(nodes.value, '$')) = lower(declared.function_name)
            AND (
                lower(json_extract_string(passed.argument, '$.name')) = lower(declared.argument)
                OR (json_extract_string(passed.argument, '$.name') = '' AND passed.number = declared.number)
            )
    WHERE
        nodes.key = 'function_name'
        AND json_extract_string(passed.argument, '$.expression.class') = 'PARAMETER'
        AND declared.type IS NOT NULL

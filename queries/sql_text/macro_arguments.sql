-- name: macro_arguments
-- The $parameters of a SELECT statement that are arguments of macros, each with the type that the macro takes.
-- Only of macros that are defined; a parameter inside an expression, such as $n + 1, has the type of that.
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

    given AS (
        SELECT
            parent,
            unnest(json_extract(value, '$[*]')) AS argument,
            generate_subscripts(json_extract(value, '$[*]'), 1) AS place
        FROM nodes
        WHERE key = 'arguments'
    ),

    taken AS (
        SELECT
            function_name,
            unnest(parameters) AS argument,
            unnest(parameter_types) AS type,
            generate_subscripts(parameters, 1) AS place
        FROM duckdb_functions()
        WHERE NOT internal
    )

    SELECT DISTINCT
        json_extract_string(given.argument, '$.expression.identifier') AS parameter,
        taken.function_name AS macro,
        taken.argument,
        taken.type
    FROM nodes
    INNER JOIN given ON nodes.parent = given.parent
    INNER JOIN taken
        ON
            lower(json_extract_string(nodes.value, '$')) = lower(taken.function_name)
            AND (
                lower(json_extract_string(given.argument, '$.name')) = lower(taken.argument)
                OR (json_extract_string(given.argument, '$.name') = '' AND given.place = taken.place)
            )
    WHERE
        nodes.key = 'function_name'
        AND json_extract_string(given.argument, '$.expression.class') = 'PARAMETER'
        AND taken.type IS NOT NULL

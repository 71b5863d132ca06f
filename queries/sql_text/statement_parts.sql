-- name: statement_parts
-- The parts of a SELECT statement that a safe session checks; none for one like SELECT 1.
-- kind is writing (a part that does not only read, such as a DELETE or COPY inside WITH), function, row_function (a function after
-- FROM), table, schema, type (of a cast), shown (how SHOW and DESCRIBE show), length (a part that takes the engine long to check),
-- argument (a call whose text has to be written out, as a computed one can end the process) or statement (why the text has no syntax
-- tree).
-- param sql_text: one SELECT statement
-- returns: kind, name
-- spark: no, it looks into the syntax tree of a statement of this engine
CREATE OR REPLACE MACRO statement_parts(sql_text VARCHAR) AS TABLE
    WITH trees AS (
        SELECT json_serialize_sql(sql_text) AS tree
    ),

    parts AS (
        SELECT
            unnest([
                {
                    'kind': 'writing',
                    'names': list_filter(
                        json_extract_string(tree, '$..type'),
                        LAMBDA node: ends_with(node, '_NODE')
                        AND node NOT IN ('SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE')
                    )
                },
                { 'kind': 'function', 'names': json_extract_string(tree, '$..function_name') },
                { 'kind': 'row_function', 'names': json_extract_string(tree, '$..function.function_name') },
                { 'kind': 'table', 'names': json_extract_string(tree, '$..table_name') },
                { 'kind': 'schema', 'names': json_extract_string(tree, '$..schema_name') },
                { 'kind': 'type', 'names': json_extract_string(tree, '$..type_name') },
                { 'kind': 'shown', 'names': json_extract_string(tree, '$..show_type') },
                {
                    'kind': 'length',
                    'names': list_transform(
                        list_filter(
                            json_extract(tree, '$..column_names')
                            || json_extract(tree, '$..node.children')
                            || json_extract(tree, '$..cte_map.map'),
                            LAMBDA part: json_array_length(part) > 1000
                        ),
                        LAMBDA part: concat(json_array_length(part), ' parts in a row')
                    )
                },
                {
                    'kind': 'length',
                    'names': list_transform(
                        list_filter(
                            json_extract_string(tree, '$..expr'),
                            LAMBDA body: len(string_split(body, '"class":"LAMBDA"')) > 9
                        ),
                        LAMBDA body: 'more than 8 lambdas in a lambda'
                    )
                },
                {
                    'kind': 'argument',
                    'names': list_transform(
                        list_filter(
                            json_extract(tree, '$..*'),
                            LAMBDA node: (
                                json_extract_string(node, '$.function_name') IN (
                                    'json_serialize_sql', 'statement_parts', 'refused_names', 'macro_arguments'
                                )
                                AND json_extract_string(node, '$.arguments[0].expression.literal.kind')
                                IS DISTINCT FROM 'STRING'
                            )
                            OR (
                                json_extract_string(node, '$.syntax_type') = 'SINGLE_ARROW'
                                AND (
                                    json_extract_string(node, '$.expr.class') <> 'CONSTANT'
                                    OR contains(json_extract_string(node, '$.expr.literal.text'), '..')
                                )
                            )
                            OR (
                                json_extract_string(node, '$.function_name') IN (
                                    '->', '->>', 'json_extract', 'json_extract_string', 'json_extract_path',
                                    'json_extract_path_text', 'json_value', 'json_exists', 'json_keys', 'json_each',
                                    'json_array_length', 'json_type'
                                )
                                AND json_array_length(node, '$.arguments') > 1
                                AND (
                                    json_extract_string(node, '$.arguments[1].expression.class') <> 'CONSTANT'
                                    OR contains(
                                        json_extract_string(node, '$.arguments[1].expression.literal.text'), '..'
                                    )
                                )
                            )
                        ),
                        LAMBDA node: coalesce(json_extract_string(node, '$.function_name'), '->')
                    )
                },
                { 'kind': 'statement', 'names': [json_extract_string(tree, '$.error_message')] }
            ], max_depth := 2)
        FROM trees
    ),

    named AS (
        SELECT
            kind,
            unnest(names) AS name
        FROM parts
    )

    SELECT DISTINCT
        kind,
        name
    FROM named
    WHERE name <> ''

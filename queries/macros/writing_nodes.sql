-- name: writing_nodes
-- Parts of a SELECT statement that do not only read, such as a DELETE or COPY inside WITH; none where it only reads.
-- param sql_text: one SELECT statement
-- returns: node
-- spark: has no serialised syntax tree; statements are checked before they reach it
CREATE OR REPLACE MACRO writing_nodes(sql_text VARCHAR) AS TABLE
    WITH nodes AS (
        SELECT unnest(json_extract_string(json_serialize_sql(sql_text), '$..type')) AS node
    )

    SELECT DISTINCT node
    FROM nodes
    WHERE
        ends_with(node, '_NODE')
        AND node NOT IN ('SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE')

-- name: voteless_rows
-- One row: how many rows of a table of pairs name two images and hold no vote on them.
-- param pairs_table: the pairs, as layout_pairs returns them
-- returns: rows
-- spark: no, no function of Spark takes the name of a table
CREATE OR REPLACE MACRO voteless_rows(pairs_table VARCHAR) AS TABLE
    SELECT count(*) AS rows
    FROM query_table(pairs_table)
    WHERE second_path IS NOT NULL AND coalesce(first_votes + second_votes + tied_votes, 0) = 0

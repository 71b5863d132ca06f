-- name: share
-- Share of rows for which a condition is true, among those where it is not NULL; NULL if there are none (an aggregate).
-- param row_condition: true, false, or NULL for a row that does not count
-- instead on spark: avg(CAST(row_condition AS DOUBLE))
CREATE OR REPLACE MACRO share(row_condition BOOLEAN) AS
cast(count(*) FILTER (WHERE row_condition) AS DOUBLE) / nullif(count(row_condition), 0)

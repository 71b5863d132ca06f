-- name: share
-- Share of rows for which a condition holds, among those where it is known; NULL where there are none (an aggregate).
-- param a_condition: true, false or NULL (not known, not counted)
CREATE OR REPLACE MACRO share(a_condition BOOLEAN) AS
cast(count(*) FILTER (WHERE a_condition) AS DOUBLE) / nullif(count(a_condition), 0)

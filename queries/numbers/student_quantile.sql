-- name: student_quantile
-- How far Student's t is from 0 at most in 95 % of the cases; NULL below one degree of freedom.
-- From three degrees on, it is a series whose error is below 0.2 %, and below 0.001 % from ten.
-- param degrees: degrees of freedom
-- source: Abramowitz and Stegun 1964, 26.7.5
CREATE OR REPLACE MACRO student_quantile(degrees BIGINT) AS
CASE
    WHEN degrees < 1 THEN NULL
    WHEN degrees = 1 THEN cast(12.706204736174696 AS DOUBLE)
    WHEN degrees = 2 THEN cast(4.302652729749462 AS DOUBLE)
    ELSE
        cast(1.959963984540054 AS DOUBLE)
        + cast(2.372271230298562 AS DOUBLE) / nullif(degrees, 0)
        + cast(2.8224986157396112 AS DOUBLE) / nullif(cast(degrees AS DOUBLE) * degrees, 0)
        + cast(2.555849679507722 AS DOUBLE) / nullif(cast(degrees AS DOUBLE) * degrees * degrees, 0)
        + cast(1.5895340533938225 AS DOUBLE) / nullif(cast(degrees AS DOUBLE) * degrees * degrees * degrees, 0)
END

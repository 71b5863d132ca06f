-- name: student_quantile
-- Quantile of Student's distribution that 95 % intervals take, 0.975; within 2 % of it from 4 degrees of freedom.
-- param n_degrees: degrees of freedom; NULL for less than 1
-- source: Abramowitz, Stegun 1964, Handbook of Mathematical Functions, 26.7.5, of the normal quantile 1.95996
CREATE OR REPLACE MACRO student_quantile(n_degrees DOUBLE) AS
CASE
    WHEN n_degrees >= 1
        THEN
            1.959963984540054
            + cast(2.372271230298562 AS DOUBLE) / n_degrees
            + cast(2.82249861573964 AS DOUBLE) / (n_degrees * n_degrees)
END

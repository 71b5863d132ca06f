-- name: pearson
-- Pearson's correlation of two columns of whole numbers, with a weight for each row (an aggregate).
-- NULL if a column is constant. Sums are exact, so that the order of rows changes no bit.
-- param x_value: first column
-- param y_value: second column
-- param row_weight: how many times the row counts
-- source: Pearson 1895
-- instead on spark: corr(x_value, y_value)
CREATE OR REPLACE MACRO pearson(x_value, y_value, row_weight) AS
cast(
    sum(cast(row_weight AS HUGEINT)) * sum(cast(row_weight AS HUGEINT) * x_value * y_value)
    - sum(cast(row_weight AS HUGEINT) * x_value) * sum(cast(row_weight AS HUGEINT) * y_value)
    AS DOUBLE
) / nullif(
    sqrt(
        cast(
            sum(cast(row_weight AS HUGEINT)) * sum(cast(row_weight AS HUGEINT) * x_value * x_value)
            - sum(cast(row_weight AS HUGEINT) * x_value) * sum(cast(row_weight AS HUGEINT) * x_value)
            AS DOUBLE
        ) * cast(
            sum(cast(row_weight AS HUGEINT)) * sum(cast(row_weight AS HUGEINT) * y_value * y_value)
            - sum(cast(row_weight AS HUGEINT) * y_value) * sum(cast(row_weight AS HUGEINT) * y_value)
            AS DOUBLE
        )
    ),
    0
)

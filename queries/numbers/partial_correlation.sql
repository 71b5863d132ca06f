-- name: partial_correlation
-- Correlation of x and y given z, of their sums of products about the mean.
-- NULL where x, y or z does not vary, and where z tells x or y, but for one in 1e12 of its variance.
-- param x_y: sum of x times y
-- param x_z: sum of x times z
-- param y_z: sum of y times z
-- param x_x: sum of squares of x
-- param y_y: sum of squares of y
-- param z_z: sum of squares of z
-- source: Fisher 1924, (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2) (1 - r_yz^2)), times z_z above and below
CREATE OR REPLACE MACRO partial_correlation(
    x_y DOUBLE, x_z DOUBLE, y_z DOUBLE, x_x DOUBLE, y_y DOUBLE, z_z DOUBLE
) AS
CASE
    WHEN
        x_y IS NOT NULL
        AND x_x * z_z - x_z * x_z > 1e-12 * x_x * z_z
        AND y_y * z_z - y_z * y_z > 1e-12 * y_y * z_z
        THEN greatest(
            -1.0,
            least(
                1.0,
                (x_y * z_z - x_z * y_z) / sqrt((x_x * z_z - x_z * x_z) * (y_y * z_z - y_z * y_z))
            )
        )
END

-- name: tuned_log_odds
-- The log odds that two scores give to the better image, at most 1.7e308; see pair_log_odds.
-- The temperature is a share of a range of scores, so that scores of any size keep their digits. It is NULL of scores that are all
-- equal where they are tuned, of which nothing is known: the log odds are 0.
-- param better_value: the score of the better image
-- param worse_value: that of the worse one
-- param low_end: lowest score of the range
-- param high_end: highest score of the range
-- param share_of_range: the temperature as a share of the range
-- param has_temperature: whether there is a temperature; false takes differences of scores for log odds
-- reads: unit_difference
CREATE OR REPLACE MACRO tuned_log_odds(
    better_value DOUBLE,
    worse_value DOUBLE,
    low_end DOUBLE,
    high_end DOUBLE,
    share_of_range DOUBLE,
    has_temperature BOOLEAN
) AS
CASE
    WHEN better_value = worse_value OR (has_temperature AND share_of_range IS NULL) THEN 0.0
    ELSE
        greatest(
            least(
                CASE
                    WHEN has_temperature
                        THEN unit_difference(better_value, worse_value, low_end, high_end) / nullif(share_of_range, 0)
                    ELSE better_value - worse_value
                END,
                1.7e308
            ),
            -1.7e308
        )
END

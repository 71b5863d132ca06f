-- name: pair_log_odds
-- One row per scorer and pair of preference_pairs with ties: the log odds that its scores give to the better image.
-- log_odds = (score of the better image - that of the worse) / temperature. tuned_on names the splits on which the temperature of
-- each scorer is tuned (score_temperatures); these have no rows here, and it is an error to ask for them; a scorer
-- that has no pair there has none either. Log odds are at most 1.7e308. NULL takes differences of
-- scores for log odds, as a reward model is trained to give them.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param tuned_on: train, validation or test, or several as in 'train,validation'; NULL takes a temperature of 1
-- returns: scorer VARCHAR, split VARCHAR, temperature DOUBLE, log_odds DOUBLE, score_sign INTEGER, is_tied BOOLEAN, better_row BIGINT, worse_row BIGINT
-- reads: pair_scores, score_temperatures, tuned_log_odds, split_name
CREATE OR REPLACE MACRO pair_log_odds(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    tuned_on VARCHAR := NULL
) AS TABLE
    WITH checked AS (
        SELECT
            CASE
                WHEN
                    (contains(in_split, 'train') AND contains(tuned_on, 'train'))
                    OR (contains(in_split, 'validation') AND contains(tuned_on, 'validation'))
                    OR (contains(in_split, 'test') AND contains(tuned_on, 'test'))
                    THEN error(concat(
                        'temperatures cannot be tuned and calibration reported on the same split, ''', tuned_on, ''''
                    ))
                ELSE split_name(tuned_on)
            END AS tuned_splits
    ),

    temperatures AS (
        SELECT
            scorer,
            temperature,
            temperature_share,
            lowest,
            highest
        FROM score_temperatures(tuned_on, in_subset)
        WHERE tuned_on IS NOT NULL
    )

    SELECT
        pairs.scorer,
        pairs.split,
        CASE WHEN tuned_on IS NULL THEN 1.0 ELSE temperatures.temperature END AS temperature,
        tuned_log_odds(
            pairs.better_score,
            pairs.worse_score,
            temperatures.lowest,
            temperatures.highest,
            temperatures.temperature_share,
            tuned_on IS NOT NULL
        ) AS log_odds,
        pairs.score_sign,
        pairs.is_tied,
        pairs.better_row,
        pairs.worse_row
    FROM pair_scores(in_split, in_subset) AS pairs
    CROSS JOIN checked
    LEFT JOIN temperatures ON pairs.scorer = temperatures.scorer
    WHERE
        (checked.tuned_splits IS NULL OR NOT list_contains(string_split(checked.tuned_splits, ','), pairs.split))
        AND (tuned_on IS NULL OR temperatures.scorer IS NOT NULL)

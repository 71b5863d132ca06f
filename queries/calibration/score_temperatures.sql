-- name: score_temperatures
-- One row per scorer: the temperature with which its scores tell best how likely people prefer an image.
-- P(better) = 1 / (1 + exp(-(score of the better - score of the worse) / temperature)) has the smallest log loss over strict pairs.
-- Temperatures are tried in steps of 2 ** (1 / 8), from 2 ** -20 to 2 ** 4 of the range of the scores of these pairs, lowest to highest
-- (temperature_share is the temperature as a share of it), and losses compared to 18 decimal places; of as good ones, the highest is
-- taken, which is the least sure. A scorer that is no better than chance has the highest of all. temperature is NULL where all scores
-- are equal, and where it is too large or too small for a DOUBLE. Report calibration on another split than the one it was tuned on.
-- param in_split: train, validation or test, or several as in 'train,test', taken together; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, temperature DOUBLE, temperature_share DOUBLE, lowest DOUBLE, highest DOUBLE, log_loss DOUBLE, pairs BIGINT
-- important: scorer, temperature, log_loss, pairs
-- reads: pair_scores, unit_difference, softplus, exact_mean
-- source: temperature scaling, Guo et al. 2017, arXiv 1706.04599
-- query: score_temperatures
-- question: By how much must differences of scores be divided to be log odds?
-- order: scorer
CREATE OR REPLACE MACRO score_temperatures(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH pair_rows AS (
        SELECT
            scorer,
            better_score,
            worse_score
        FROM pair_scores(in_split, in_subset)
        WHERE NOT is_tied
    ),

    scales AS (
        SELECT
            scorer,
            min(least(better_score, worse_score)) AS lowest,
            max(greatest(better_score, worse_score)) AS highest,
            count(*) AS pairs
        FROM pair_rows
        GROUP BY scorer
    ),

    -- Shares of the range keep all digits, of scores of any size.
    gaps AS (
        SELECT
            pair_rows.scorer,
            unit_difference(pair_rows.better_score, pair_rows.worse_score, scales.lowest, scales.highest) AS gap
        FROM pair_rows
        INNER JOIN scales ON pair_rows.scorer = scales.scorer
        WHERE scales.lowest < scales.highest
    ),

    coarse_steps AS (
        SELECT unnest([-20, -16, -12, -8, -4, 0, 4]) AS step
    ),

    coarse AS (
        SELECT
            gaps.scorer,
            coarse_steps.step AS power,
            exact_mean(softplus(-gaps.gap * pow(2.0, -cast(coarse_steps.step AS DOUBLE)))) AS log_loss
        FROM gaps
        CROSS JOIN coarse_steps
        GROUP BY gaps.scorer, coarse_steps.step
    ),

    coarse_order AS (
        SELECT
            scorer,
            power,
            row_number() OVER (PARTITION BY scorer ORDER BY log_loss ASC, power DESC) AS priority
        FROM coarse
    ),

    -- The log loss has one minimum, which is between the neighbours of the best step.
    middle_steps AS (
        SELECT unnest([-3, -2, -1, 0, 1, 2, 3]) AS step
    ),

    middle AS (
        SELECT
            gaps.scorer,
            coarse_order.power + middle_steps.step AS power,
            exact_mean(
                softplus(-gaps.gap * pow(2.0, -cast(coarse_order.power + middle_steps.step AS DOUBLE)))
            ) AS log_loss
        FROM gaps
        INNER JOIN coarse_order ON gaps.scorer = coarse_order.scorer AND coarse_order.priority = 1
        CROSS JOIN middle_steps
        WHERE coarse_order.power + middle_steps.step BETWEEN -20 AND 4
        GROUP BY gaps.scorer, coarse_order.power + middle_steps.step
    ),

    middle_order AS (
        SELECT
            scorer,
            power,
            row_number() OVER (PARTITION BY scorer ORDER BY log_loss ASC, power DESC) AS priority
        FROM middle
    ),

    eighths AS (
        SELECT unnest([-7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]) AS step
    ),

    fine_powers AS (
        SELECT
            middle_order.scorer,
            cast(middle_order.power AS DOUBLE) + cast(eighths.step AS DOUBLE) / 8 AS power
        FROM middle_order
        CROSS JOIN eighths
        WHERE middle_order.priority = 1
    ),

    fine AS (
        SELECT
            gaps.scorer,
            fine_powers.power,
            exact_mean(softplus(-gaps.gap * pow(2.0, -fine_powers.power))) AS log_loss
        FROM gaps
        INNER JOIN fine_powers ON gaps.scorer = fine_powers.scorer
        WHERE fine_powers.power BETWEEN -20 AND 4
        GROUP BY gaps.scorer, fine_powers.power
    ),

    ordered AS (
        SELECT
            *,
            row_number() OVER (PARTITION BY scorer ORDER BY log_loss ASC, power DESC) AS priority
        FROM fine
    )

    SELECT
        scales.scorer,
        -- NULL where it is no DOUBLE.
        CASE
            WHEN
                isfinite(pow(2.0, ordered.power) * (scales.highest - scales.lowest))
                AND pow(2.0, ordered.power) * (scales.highest - scales.lowest) > 0
                THEN pow(2.0, ordered.power) * (scales.highest - scales.lowest)
        END AS temperature,
        pow(2.0, ordered.power) AS temperature_share,
        scales.lowest,
        scales.highest,
        ordered.log_loss,
        scales.pairs
    FROM scales
    LEFT JOIN ordered ON scales.scorer = ordered.scorer AND ordered.priority = 1

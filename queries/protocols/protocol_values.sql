-- name: protocol_values
-- One row per scorer, split and protocol: the number that the protocol's own script would print, and that of random scores.
-- images is K for editreward, which has a row for each, and else NULL. reason says why the script prints no number, or what this number
-- leaves out; value is NULL where it prints none. chance is expected of random scores without ties; of videoalign and
-- pickscore it is that of the better of two thresholds, of as few ties as are tried and of nothing but ties. The view protocols defines each protocol.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param tuned_on: the split on which pickscore tunes its threshold; NULL takes validation
-- returns: scorer VARCHAR, split VARCHAR, protocol VARCHAR, images BIGINT, value DOUBLE, chance DOUBLE, prompts BIGINT, pairs BIGINT, reason VARCHAR, place INTEGER
-- important: scorer, split, protocol, images, value, chance, reason
-- reads: protocol_pairs, pickscore_thresholds, protocols, exact_mean, split_name
-- source: view protocols
-- query: protocol_values
-- question: What would the scripts of published evaluations print?
-- order: split, scorer, place, images
CREATE OR REPLACE MACRO protocol_values(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    tuned_on VARCHAR := 'validation'
) AS TABLE
    WITH tuning AS (
        SELECT coalesce(split_name(tuned_on), 'validation') AS splits
    ),

    prompts AS (
        SELECT
            scorer,
            split,
            first_row,
            count(*) AS pairs,
            count(*) FILTER (WHERE NOT is_tied) AS strict_pairs,
            count(*) FILTER (WHERE NOT is_tied AND score_sign > 0) AS right_pairs,
            count(*) FILTER (WHERE NOT is_tied AND score_sign = 0) AS scorer_ties,
            count(*) FILTER (WHERE is_reversed) AS reversed_pairs,
            count(*) FILTER (WHERE CASE WHEN is_tied THEN score_sign = 0 ELSE score_sign > 0 END) AS agreeing_pairs,
            max(ties_before) AS best_gain,
            greatest(max(CASE WHEN is_last THEN ties_before END), 0) AS mended_gain
        FROM protocol_pairs(in_split, in_subset)
        GROUP BY scorer, split, first_row
    ),

    totals AS (
        SELECT
            scorer,
            split,
            count(*) AS prompts,
            cast(sum(pairs) AS BIGINT) AS pairs,
            cast(sum(strict_pairs) AS BIGINT) AS strict_pairs,
            cast(sum(strict_pairs) AS DOUBLE) / cast(sum(pairs) AS BIGINT) AS strict_share,
            cast(sum(right_pairs) AS BIGINT) AS right_pairs,
            cast(sum(scorer_ties) AS BIGINT) AS scorer_ties,
            count(*) FILTER (WHERE strict_pairs = 0) AS tied_prompts,
            exact_mean(1 - cast(reversed_pairs AS DOUBLE) / pairs) AS not_reversed,
            exact_mean(1 - cast(strict_pairs AS DOUBLE) / (2 * pairs)) AS chance_not_reversed,
            exact_mean(cast(right_pairs AS DOUBLE) / nullif(strict_pairs, 0)) AS right_share,
            max(best_gain) AS best_gain,
            max(mended_gain) AS mended_gain
        FROM prompts
        GROUP BY scorer, split
    ),

    picked AS (
        SELECT
            pairs.scorer,
            pairs.split,
            thresholds.threshold,
            cast(sum(
                CASE
                    WHEN pairs.is_tied AND pairs.tie_difference <= thresholds.threshold THEN 2
                    WHEN pairs.is_tied OR pairs.tie_difference <= thresholds.threshold THEN 1
                    WHEN pairs.score_sign > 0 THEN 2
                    ELSE 0
                END
            ) AS DOUBLE) / (2 * count(*)) AS value
        FROM protocol_pairs(in_split, in_subset) AS pairs
        INNER JOIN pickscore_thresholds(coalesce(tuned_on, 'validation'), in_subset) AS thresholds
            ON pairs.scorer = thresholds.scorer
        GROUP BY pairs.scorer, pairs.split, thresholds.threshold
    ),

    sizes AS (
        SELECT
            listed.pairs,
            listed.images,
            listed.orders
        FROM (
            VALUES
            (1, 2, 2), (3, 3, 6), (6, 4, 24), (10, 5, 120), (15, 6, 720), (21, 7, 5040), (28, 8, 40320), (36, 9, 362880)
        ) AS listed (pairs, images, orders)
    ),

    exact_orders AS (
        SELECT
            prompts.scorer,
            prompts.split,
            cast(sizes.images AS BIGINT) AS images,
            exact_mean(CASE WHEN prompts.agreeing_pairs = prompts.pairs THEN 1.0 ELSE 0.0 END) AS value,
            exact_mean(
                CASE WHEN prompts.strict_pairs = prompts.pairs THEN cast(1 AS DOUBLE) / sizes.orders ELSE 0.0 END
            ) AS chance,
            count(*) AS prompts,
            cast(sum(prompts.pairs) AS BIGINT) AS pairs
        FROM prompts
        INNER JOIN sizes ON prompts.pairs = sizes.pairs
        GROUP BY prompts.scorer, prompts.split, sizes.images
    ),

    judged AS (
        SELECT
            totals.scorer,
            totals.split,
            protocols.protocol,
            protocols.place,
            CASE protocols.protocol
                WHEN 'hpsv2' THEN totals.not_reversed
                WHEN 'hpsv2_imagereward' THEN CASE WHEN totals.tied_prompts = 0 THEN totals.right_share END
                WHEN 'pickscore' THEN picked.value
                WHEN 'mmrb2'
                    THEN cast(totals.right_pairs AS DOUBLE) / nullif(totals.strict_pairs - totals.scorer_ties, 0)
                WHEN 'videoalign' THEN cast(totals.right_pairs + totals.best_gain AS DOUBLE) / totals.pairs
                WHEN 'videoalign_mended' THEN cast(totals.right_pairs + totals.mended_gain AS DOUBLE) / totals.pairs
                ELSE cast(totals.right_pairs AS DOUBLE) / nullif(totals.strict_pairs, 0)
            END AS value,
            CASE protocols.protocol
                WHEN 'hpsv2' THEN totals.chance_not_reversed
                WHEN 'pickscore' THEN 1 - totals.strict_share / 2
                WHEN 'videoalign'
                    THEN
                        greatest(
                            totals.strict_share / 2 + (1 - 1.5 * totals.strict_share) / totals.pairs,
                            1 - totals.strict_share
                        )
                WHEN 'videoalign_mended' THEN greatest(totals.strict_share / 2, 1 - totals.strict_share)
                ELSE 0.5
            END AS chance,
            totals.prompts,
            CASE
                WHEN protocols.protocol IN ('hpsv2', 'pickscore', 'videoalign', 'videoalign_mended') THEN totals.pairs
                WHEN protocols.protocol = 'mmrb2' THEN 2 * (totals.strict_pairs - totals.scorer_ties)
                ELSE totals.strict_pairs
            END AS pairs,
            CASE
                WHEN totals.strict_pairs = 0 AND protocols.metric = 'acc_micro' THEN 'There is no strict pair.'
                WHEN protocols.protocol = 'hpsv2_imagereward' AND totals.tied_prompts > 0
                    THEN concat(
                        'The script divides by zero: images of ', totals.tied_prompts, ' of the ', totals.prompts,
                        ' prompts all have the same rank. Without these it is ',
                        coalesce(concat(format('{:.2f}', 100 * totals.right_share), ' %'), 'undefined'), '.'
                    )
                WHEN protocols.protocol = 'pickscore' AND picked.value IS NULL
                    THEN
                        concat('There are no pairs of ', tuning.splits, ' with scores, on which a threshold is tuned.')
                WHEN protocols.protocol = 'pickscore'
                    THEN
                        concat(
                            CASE
                                WHEN list_contains(string_split(tuning.splits, ','), totals.split)
                                    THEN 'The threshold is tuned on what is reported. '
                            END,
                            'Tuned on ', tuning.splits, ', the threshold is ', format('{:.2f}', picked.threshold), '.'
                        )
                WHEN protocols.protocol = 'mmrb2' AND totals.scorer_ties > 0
                    THEN concat('Pairs of the same score are left out: ', totals.scorer_ties, '.')
                WHEN protocols.protocol IN ('videoalign', 'videoalign_mended')
                    THEN 'The threshold is tuned on what is reported.'
            END AS reason
        FROM totals
        CROSS JOIN protocols
        CROSS JOIN tuning
        LEFT JOIN picked ON totals.scorer = picked.scorer AND totals.split = picked.split
        WHERE protocols.protocol <> 'editreward'
    )

    SELECT
        scorer,
        split,
        protocol,
        cast(NULL AS BIGINT) AS images,
        value,
        chance,
        prompts,
        pairs,
        reason,
        place
    FROM judged
    UNION ALL
    SELECT
        scorer,
        split,
        'editreward' AS protocol,
        images,
        value,
        chance,
        prompts,
        pairs,
        cast(NULL AS VARCHAR) AS reason,
        9 AS place
    FROM exact_orders

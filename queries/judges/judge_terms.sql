-- name: judge_terms
-- One row per judge and prompt with a pair that it judged: what the prompt adds to each number of judge_accuracy.
-- A judgement that is right adds 1 to …_right, and a tie one half. better_first and worse_first count judgements by the image that was shown first,
-- consistent pairs on which both orders agree. Of pairs shown in both orders, decided counts judgements that are no tie; toward_first those
-- for the image shown first that none for the other place outweighs, and toward_second likewise: both add 0 where they are consistent.
-- All are of strict pairs, but for tied_pairs, which people tied.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: judge VARCHAR, split VARCHAR, prompt_id VARCHAR, pairs BIGINT, tied_pairs BIGINT, judge_ties BIGINT, better_first BIGINT, better_first_right DOUBLE, worse_first BIGINT, worse_first_right DOUBLE, both_orders BIGINT, consistent BIGINT, consistent_right DOUBLE, decided BIGINT, toward_first BIGINT, toward_second BIGINT
-- reads: judged_pairs
CREATE OR REPLACE MACRO judge_terms(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH counted AS (
        SELECT
            judge,
            split,
            prompt_id,
            is_tied,
            right_share,
            coalesce(is_consistent, FALSE) AS is_consistent,
            better_shown_first IS NOT NULL AND worse_shown_first IS NOT NULL AS has_both_orders,
            CASE WHEN better_shown_first IS NULL THEN 0 ELSE 1 END AS better_judgements,
            CASE WHEN worse_shown_first IS NULL THEN 0 ELSE 1 END AS worse_judgements,
            CASE better_shown_first WHEN 'better' THEN 2 WHEN 'tie' THEN 1 ELSE 0 END AS better_points,
            CASE worse_shown_first WHEN 'better' THEN 2 WHEN 'tie' THEN 1 ELSE 0 END AS worse_points,
            CASE better_shown_first WHEN 'tie' THEN 1 ELSE 0 END
            + CASE worse_shown_first WHEN 'tie' THEN 1 ELSE 0 END AS ties,
            CASE better_shown_first WHEN 'better' THEN 1 WHEN 'worse' THEN -1 ELSE 0 END
            + CASE worse_shown_first WHEN 'worse' THEN 1 WHEN 'better' THEN -1 ELSE 0 END AS leaning
        FROM judged_pairs(in_split, in_subset)
    )

    SELECT
        judge,
        split,
        prompt_id,
        count(*) FILTER (WHERE NOT is_tied) AS pairs,
        count(*) FILTER (WHERE is_tied) AS tied_pairs,
        cast(coalesce(sum(ties) FILTER (WHERE NOT is_tied), 0) AS BIGINT) AS judge_ties,
        cast(coalesce(sum(better_judgements) FILTER (WHERE NOT is_tied), 0) AS BIGINT) AS better_first,
        cast(coalesce(sum(better_points) FILTER (WHERE NOT is_tied), 0) AS DOUBLE) / 2 AS better_first_right,
        cast(coalesce(sum(worse_judgements) FILTER (WHERE NOT is_tied), 0) AS BIGINT) AS worse_first,
        cast(coalesce(sum(worse_points) FILTER (WHERE NOT is_tied), 0) AS DOUBLE) / 2 AS worse_first_right,
        count(*) FILTER (WHERE NOT is_tied AND has_both_orders) AS both_orders,
        count(*) FILTER (WHERE NOT is_tied AND is_consistent) AS consistent,
        coalesce(sum(right_share) FILTER (WHERE NOT is_tied AND is_consistent), 0.0) AS consistent_right,
        cast(coalesce(sum(2 - ties) FILTER (WHERE NOT is_tied AND has_both_orders), 0) AS BIGINT) AS decided,
        cast(coalesce(sum(greatest(leaning, 0)) FILTER (WHERE NOT is_tied AND has_both_orders), 0) AS BIGINT)
            AS toward_first,
        cast(coalesce(sum(greatest(-leaning, 0)) FILTER (WHERE NOT is_tied AND has_both_orders), 0) AS BIGINT)
            AS toward_second
    FROM counted
    GROUP BY judge, split, prompt_id

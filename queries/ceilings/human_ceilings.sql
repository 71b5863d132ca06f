-- name: human_ceilings
-- One row per split and ceiling: how often people agree, which is the accuracy that a scorer as good as one of them would have.
-- annotator_label compares each annotator of a pair with the image that most of its annotators prefer, himself among them;
-- annotator_others with the image that most of the others prefer; annotator_pairs with the image that one of the others prefers;
-- split_halves compares one half of the annotators of a pair, of up to 100, with the other half, over all halves; annotations compares
-- the ranks of a prompt text with those of its other annotations, for images that both have (annotation_overlaps). Whoever does
-- not prefer an image is no label, and counts as half right. Pairs of one vote do not count. Every vote counts once, whatever its weight,
-- also a second one of the same annotator. lower and upper are bounds of 95 %, with prompts (of annotations, their texts) as the unit;
-- NULL for fewer than two of them. judgements and pairs are those compared; of annotations, a pair counts once in each direction.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, ceiling VARCHAR, accuracy DOUBLE, lower DOUBLE, upper DOUBLE, judgements BIGINT, pairs BIGINT, prompts BIGINT
-- important: split, ceiling, accuracy, lower, upper, judgements
-- reads: ceiling_judgements, exact_ratio, float_mean, effective_trials, student_quantile, wilson_lower, wilson_upper
-- source: annotators against the majority label, as in Multimodal RewardBench 2, facebookresearch/MMRB2
-- query: human_ceilings
-- question: How often do people agree with each other?
-- order: split, ceiling
CREATE OR REPLACE MACRO human_ceilings(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH prompts AS (
        SELECT *
        FROM ceiling_judgements(in_split, in_subset)
    ),

    totals AS (
        SELECT
            ceiling,
            split,
            exact_ratio(right_judgements, judgements) AS accuracy,
            cast(sum(judgements) AS BIGINT) AS judgements,
            cast(sum(pairs) AS BIGINT) AS pairs,
            count(*) AS prompts
        FROM prompts
        GROUP BY ceiling, split
    ),

    -- The variance of a ratio of sums, by linearisation.
    residuals AS (
        SELECT
            totals.ceiling,
            totals.split,
            (prompts.right_judgements - totals.accuracy * prompts.judgements) / totals.judgements AS residual
        FROM prompts
        INNER JOIN totals ON prompts.ceiling = totals.ceiling AND prompts.split = totals.split
    ),

    variances AS (
        SELECT
            ceiling,
            split,
            float_mean(residual * residual) * count(*) AS variance
        FROM residuals
        GROUP BY ceiling, split
    ),

    drawn AS (
        SELECT
            totals.*,
            effective_trials(totals.accuracy, variances.variance, totals.prompts, totals.judgements) AS trials,
            student_quantile(totals.prompts - 1) AS quantile
        FROM totals
        INNER JOIN variances ON totals.ceiling = variances.ceiling AND totals.split = variances.split
    )

    SELECT
        split,
        ceiling,
        accuracy,
        CASE WHEN accuracy = 0 AND prompts > 1 THEN accuracy ELSE wilson_lower(accuracy * trials, trials, quantile) END
            AS lower,
        CASE WHEN accuracy = 1 AND prompts > 1 THEN accuracy ELSE wilson_upper(accuracy * trials, trials, quantile) END
            AS upper,
        judgements,
        pairs,
        prompts
    FROM drawn

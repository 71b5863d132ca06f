-- name: rating_correlations
-- Correlations between the kinds of rating over images, and of each kind with rank within prompts.
-- statistic is pearson or spearman (both variables are kinds of rating, n counts images with both ratings) or kendall_tau_b (rank
-- and a kind of rating): tau-b of each prompt over the pairs of images with both, then the mean over the n prompts where it is
-- defined; positive if better ranks go with higher ratings. unit says what n counts. A prompt whose rows disagree on classification
-- counts for the smallest among its pairs.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param by_classification: a row for each classification of a split; false leaves classification NULL
-- returns: split VARCHAR, classification VARCHAR, statistic VARCHAR, first_variable VARCHAR, second_variable VARCHAR, correlation DOUBLE, n BIGINT, unit VARCHAR
-- important: split, classification, statistic, first_variable, second_variable, correlation, n, unit
-- reads: rating_counts, rating_kinds, rating_of_kind, preference_pairs, pearson, tau_b, exact_mean
-- source: Pearson 1895; Spearman 1904; Kendall 1945
-- query: rating_correlations
-- question: How do the kinds of rating correlate, with each other and with rank?
-- order: split, classification NULLS LAST, statistic, first_variable, second_variable
CREATE OR REPLACE MACRO rating_correlations(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    by_classification BOOLEAN := FALSE
) AS TABLE
    WITH counts AS (
        SELECT *
        FROM rating_counts(in_split, in_subset, by_classification)
    ),

    joint AS (
        SELECT
            counts.split,
            counts.classification,
            kinds.first_kind,
            kinds.second_kind,
            rating_of_kind(
                kinds.first_kind, counts.overall_rating, counts.image_text_alignment_rating, counts.fidelity_rating
            ) AS x,
            rating_of_kind(
                kinds.second_kind, counts.overall_rating, counts.image_text_alignment_rating, counts.fidelity_rating
            ) AS y,
            counts.images
        FROM counts
        CROSS JOIN (
            VALUES ('overall', 'alignment'), ('overall', 'fidelity'), ('alignment', 'fidelity')
        ) AS kinds (first_kind, second_kind)
    ),

    weighted AS (
        SELECT
            split,
            classification,
            first_kind,
            second_kind,
            x,
            y,
            cast(sum(CASE WHEN x IS NULL OR y IS NULL THEN 0 ELSE images END) AS BIGINT) AS images
        FROM joint
        GROUP BY split, classification, first_kind, second_kind, x, y
    ),

    -- Average ranks are doubled, as pearson takes whole numbers: twice the images up to x, minus those at x, plus 1.
    ranked AS (
        SELECT
            *,
            2 * sum(images) OVER (PARTITION BY split, classification, first_kind, second_kind ORDER BY x NULLS LAST)
            - sum(images) OVER (PARTITION BY split, classification, first_kind, second_kind, x) + 1 AS x_rank,
            2 * sum(images) OVER (PARTITION BY split, classification, first_kind, second_kind ORDER BY y NULLS LAST)
            - sum(images) OVER (PARTITION BY split, classification, first_kind, second_kind, y) + 1 AS y_rank
        FROM weighted
    ),

    kind_correlations AS (
        SELECT
            split,
            classification,
            first_kind,
            second_kind,
            pearson(x, y, images) AS pearson_value,
            pearson(x_rank, y_rank, images) AS spearman_value,
            cast(sum(images) AS BIGINT) AS n
        FROM ranked
        GROUP BY split, classification, first_kind, second_kind
    ),

    pair_rows AS (
        SELECT
            pairs.split,
            CASE WHEN by_classification THEN pairs.classification END AS group_classification,
            pairs.prompt_id,
            rating_kinds.kind,
            pairs.rank_gap,
            rating_of_kind(rating_kinds.kind, pairs.overall_gap, pairs.alignment_gap, pairs.fidelity_gap) AS rating_gap
        FROM preference_pairs(in_split, in_subset, TRUE) AS pairs
        CROSS JOIN rating_kinds
    ),

    prompt_taus AS (
        SELECT
            split,
            min(group_classification) AS group_classification,
            prompt_id,
            kind,
            tau_b(
                count(*) FILTER (WHERE rank_gap > 0 AND rating_gap > 0),
                count(*) FILTER (WHERE rank_gap > 0 AND rating_gap < 0),
                count(*) FILTER (WHERE rank_gap = 0 AND rating_gap <> 0),
                count(*) FILTER (WHERE rank_gap > 0 AND rating_gap = 0)
            ) AS tau
        FROM pair_rows
        GROUP BY split, prompt_id, kind
    ),

    mean_taus AS (
        SELECT
            split,
            group_classification,
            kind,
            exact_mean(tau) AS tau,
            count(tau) AS n
        FROM prompt_taus
        GROUP BY split, group_classification, kind
    ),

    count_groups AS (
        SELECT DISTINCT
            split,
            classification
        FROM counts
    )

    SELECT
        split,
        classification,
        'pearson' AS statistic,
        first_kind AS first_variable,
        second_kind AS second_variable,
        pearson_value AS correlation,
        n,
        'images' AS unit
    FROM kind_correlations
    UNION ALL
    SELECT
        split,
        classification,
        'spearman' AS statistic,
        first_kind AS first_variable,
        second_kind AS second_variable,
        spearman_value AS correlation,
        n,
        'images' AS unit
    FROM kind_correlations
    UNION ALL
    SELECT
        count_groups.split,
        count_groups.classification,
        'kendall_tau_b' AS statistic,
        'rank' AS first_variable,
        rating_kinds.kind AS second_variable,
        mean_taus.tau AS correlation,
        coalesce(mean_taus.n, 0) AS n,
        'prompts' AS unit
    FROM count_groups
    CROSS JOIN rating_kinds
    LEFT JOIN mean_taus
        ON
            count_groups.split = mean_taus.split
            AND count_groups.classification IS NOT DISTINCT FROM mean_taus.group_classification
            AND rating_kinds.kind = mean_taus.kind

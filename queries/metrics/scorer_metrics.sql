-- name: scorer_metrics
-- One row per scorer, split, group and metric: its value, the level of chance, and how much is behind it.
-- value is NULL if no prompt defines it. chance is what random scores without ties would give on average. prompts counts those for
-- which the metric is defined, pairs the pairs behind it, NULL for metrics of the order of images. By rank gap there are only the
-- metrics of pairs. The view metrics describes each.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_epsilon: ε of every scorer; NULL takes each scorer's own in tie_epsilons, else 0
-- param by_classification: rows for each classification; false leaves classification NULL
-- param by_part: rows for each part; false leaves part NULL
-- param by_images: rows for each number of images in a prompt; false leaves images NULL
-- param by_rank_gap: rows for each rank gap; false leaves rank_gap NULL
-- returns: scorer VARCHAR, split VARCHAR, classification VARCHAR, part SMALLINT, images BIGINT, rank_gap SMALLINT, metric VARCHAR, value DOUBLE, chance DOUBLE, prompts BIGINT, pairs BIGINT
-- important: scorer, split, classification, metric, value, chance, pairs, prompts
-- reads: term_rows, metric_terms
CREATE OR REPLACE MACRO scorer_metrics(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    in_epsilon DOUBLE := NULL,
    by_classification BOOLEAN := FALSE,
    by_part BOOLEAN := FALSE,
    by_images BOOLEAN := FALSE,
    by_rank_gap BOOLEAN := FALSE
) AS TABLE
    WITH selected_terms AS (
        SELECT
            metric,
            role,
            term
        FROM metric_terms
        WHERE of_pairs OR NOT coalesce(by_rank_gap, FALSE)
    ),

    grouped AS (
        SELECT
            scorer,
            split,
            CASE WHEN by_classification THEN classification END AS group_classification,
            CASE WHEN by_part THEN part END AS group_part,
            CASE WHEN by_images THEN images END AS group_images,
            rank_gap,
            term,
            number
        FROM term_rows(in_split, in_subset, in_epsilon, by_rank_gap)
    ),

    -- Numbers are summed as whole numbers, as in exact_ratio, so that the order of rows changes no bit.
    sums AS (
        SELECT
            scorer,
            split,
            group_classification,
            group_part,
            group_images,
            rank_gap,
            term,
            cast(sum(cast(number AS DECIMAL(38, 18))) AS DOUBLE) AS total,
            count(*) FILTER (WHERE number > 0) AS prompts
        FROM grouped
        GROUP BY scorer, split, group_classification, group_part, group_images, rank_gap, term
    )

    SELECT
        sums.scorer,
        sums.split,
        sums.group_classification AS classification,
        sums.group_part AS part,
        sums.group_images AS images,
        sums.rank_gap,
        selected_terms.metric,
        max(sums.total) FILTER (WHERE selected_terms.role = 'numerator')
        / nullif(max(sums.total) FILTER (WHERE selected_terms.role = 'denominator'), 0) AS value,
        max(sums.total) FILTER (WHERE selected_terms.role = 'chance')
        / nullif(max(sums.total) FILTER (WHERE selected_terms.role = 'denominator'), 0) AS chance,
        max(sums.prompts) FILTER (WHERE selected_terms.role = 'denominator') AS prompts,
        cast(max(sums.total) FILTER (WHERE selected_terms.role = 'pairs') AS BIGINT) AS pairs
    FROM sums
    INNER JOIN selected_terms ON sums.term = selected_terms.term
    GROUP BY
        sums.scorer,
        sums.split,
        sums.group_classification,
        sums.group_part,
        sums.group_images,
        sums.rank_gap,
        selected_terms.metric

-- name: scorer_metrics
-- Every metric of every scorer, by split and whatever else is asked, with the level of chance and what is behind it.
-- value is NULL where nothing is behind it. chance is what random scores without ties would give on average. prompts are those
-- that the metric says something of, pairs those behind it, NULL for metrics of places. By rank gap there are the
-- metrics of pairs only. The view metrics tells what each is.
-- param in_split: train, validation or test; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_epsilon: ε of every scorer; NULL takes each scorer's own in tie_epsilons, else 0
-- param by_classification: rows for each classification; false leaves classification NULL
-- param by_part: rows for each part; false leaves part NULL
-- param by_images: rows for each number of images in a prompt; false leaves images NULL
-- param by_rank_gap: rows for each rank gap; false leaves rank_gap NULL
-- returns: scorer, split, classification, part, images, rank_gap, metric, value, chance, prompts, pairs
-- reads: prompt_metrics, exact_ratio
CREATE OR REPLACE MACRO scorer_metrics(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    in_epsilon DOUBLE := NULL,
    by_classification BOOLEAN := FALSE,
    by_part BOOLEAN := FALSE,
    by_images BOOLEAN := FALSE,
    by_rank_gap BOOLEAN := FALSE
) AS TABLE
    WITH grouped AS (
        SELECT
            scorer,
            split,
            CASE WHEN by_classification THEN classification END AS group_classification,
            CASE WHEN by_part THEN part END AS group_part,
            CASE WHEN by_images THEN images END AS group_images,
            rank_gap,
            metric,
            numerator,
            denominator,
            chance,
            pairs
        FROM prompt_metrics(in_split, in_subset, in_epsilon, by_rank_gap)
    )

    SELECT
        scorer,
        split,
        group_classification AS classification,
        group_part AS part,
        group_images AS images,
        rank_gap,
        metric,
        exact_ratio(numerator, denominator) AS value,
        exact_ratio(chance, denominator) AS chance,
        count(*) FILTER (WHERE denominator > 0) AS prompts,
        cast(sum(pairs) AS BIGINT) AS pairs
    FROM grouped
    GROUP BY scorer, split, group_classification, group_part, group_images, rank_gap, metric

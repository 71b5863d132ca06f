-- name: prompt_metrics
-- What each prompt adds to each metric of a scorer, so that a metric of any prompts is sum(numerator) / sum(denominator).
-- A prompt of which a metric says nothing, such as tau_b where all ranks are the same, has the denominator 0. chance is the
-- numerator that random scores without ties, and an ε of 0, would give on average. pairs are those behind the figure, NULL
-- for metrics of places. Images without rank or without score are left out, as if the prompt did not have them; a prompt
-- without any other has no row. images counts all images of the prompt.
-- param in_split: train, validation or test; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_epsilon: ε of every scorer; NULL takes each scorer's own in tie_epsilons, else 0
-- param by_rank_gap: rows for each rank gap of the pairs, of the metrics of pairs only; false leaves rank_gap NULL
-- returns: scorer, split, part, prompt_id, classification, images, rank_gap, metric, numerator, denominator, chance, pairs, first_row
-- reads: prompt_figures, metrics
-- source: metrics of the view metrics
CREATE OR REPLACE MACRO prompt_metrics(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    in_epsilon DOUBLE := NULL,
    by_rank_gap BOOLEAN := FALSE
) AS TABLE
    WITH metric_lists AS (
        SELECT list(metric ORDER BY place) AS metric_names
        FROM metrics
        WHERE NOT coalesce(by_rank_gap, FALSE) OR of_pairs
    )

    SELECT
        figures.scorer,
        figures.split,
        figures.part,
        figures.prompt_id,
        figures.classification,
        figures.images,
        figures.rank_gap,
        unnest(metric_lists.metric_names) AS metric,
        unnest(figures.numerators) AS numerator,
        unnest(figures.denominators) AS denominator,
        unnest(figures.chances) AS chance,
        unnest(figures.pairs) AS pairs,
        figures.first_row
    FROM prompt_figures(in_split, in_subset, in_epsilon, by_rank_gap) AS figures
    CROSS JOIN metric_lists

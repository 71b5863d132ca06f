-- name: prompt_metrics
-- One row per scorer, prompt and metric: what the prompt adds to the metric.
-- A metric over prompts is sum(numerator) / sum(denominator). A prompt for which a metric is undefined, such as tau_b if all ranks
-- are the same, has the denominator 0. chance is the numerator that random scores without ties, and an ε of 0, would give on
-- average. pairs counts the pairs behind the numbers, NULL for metrics of the order of images. Images without a rank or a score are
-- left out, as if the prompt did not have them; a prompt without any other image has no row. images counts all images of the prompt.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_epsilon: ε of every scorer; NULL takes each scorer's own in tie_epsilons, else 0
-- param by_rank_gap: rows for each rank gap of the pairs, of the metrics of pairs only; false leaves rank_gap NULL
-- returns: scorer VARCHAR, split VARCHAR, part SMALLINT, prompt_id VARCHAR, classification VARCHAR, images BIGINT, rank_gap SMALLINT, metric VARCHAR, numerator DOUBLE, denominator DOUBLE, chance DOUBLE, pairs BIGINT, first_row BIGINT
-- reads: term_rows, metric_terms, prompt_counts
-- source: metrics of the view metrics
CREATE OR REPLACE MACRO prompt_metrics(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    in_epsilon DOUBLE := NULL,
    by_rank_gap BOOLEAN := FALSE
) AS TABLE
    WITH metric_rows AS (
        SELECT
            terms.scorer,
            terms.first_row,
            terms.rank_gap,
            metric_terms.metric,
            max(terms.number) FILTER (WHERE metric_terms.role = 'numerator') AS numerator,
            max(terms.number) FILTER (WHERE metric_terms.role = 'denominator') AS denominator,
            max(terms.number) FILTER (WHERE metric_terms.role = 'chance') AS chance,
            cast(max(terms.number) FILTER (WHERE metric_terms.role = 'pairs') AS BIGINT) AS pairs
        FROM term_rows(in_split, in_subset, in_epsilon, by_rank_gap) AS terms
        INNER JOIN metric_terms ON terms.term = metric_terms.term
        WHERE metric_terms.of_pairs OR NOT coalesce(by_rank_gap, FALSE)
        GROUP BY terms.scorer, terms.first_row, terms.rank_gap, metric_terms.metric
    )

    SELECT
        metric_rows.scorer,
        prompts.split,
        prompts.part,
        prompts.prompt_id,
        prompts.classification,
        prompts.images,
        metric_rows.rank_gap,
        metric_rows.metric,
        metric_rows.numerator,
        metric_rows.denominator,
        metric_rows.chance,
        metric_rows.pairs,
        metric_rows.first_row
    FROM metric_rows
    INNER JOIN prompt_counts(in_split, in_subset) AS prompts ON metric_rows.first_row = prompts.first_row

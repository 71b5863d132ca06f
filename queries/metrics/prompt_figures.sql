-- name: prompt_figures
-- One row a scorer and prompt with lists of what the prompt adds to each metric, in the order of the view metrics.
-- prompt_metrics has the same with a row a metric, and tells what the lists hold. By rank gap they end with the last metric
-- that is about single pairs.
-- param in_split: train, validation or test; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_epsilon: ε of every scorer; NULL takes each scorer's own in tie_epsilons, else 0
-- param by_rank_gap: a row for each rank gap, with the metrics of pairs; false leaves rank_gap NULL
-- returns: scorer, split, part, prompt_id, classification, images, rank_gap, numerators, denominators, chances, pairs, first_row
-- reads: prompt_agreement, prompt_order, prompt_counts, tau_b, hypergeometric_miss, float_list
-- source: metrics of the view metrics
-- query: prompt_figures
-- question: What does each prompt add to each metric of a scorer?
-- note: The lists are in the order of the view metrics; the macro prompt_metrics tells what they hold.
-- parameters: split, subset, by_rank_gap
-- order: first_row, scorer, rank_gap NULLS FIRST
CREATE OR REPLACE MACRO prompt_figures(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    in_epsilon DOUBLE := NULL,
    by_rank_gap BOOLEAN := FALSE
) AS TABLE
    WITH agreement AS (
        SELECT
            *,
            concordant + discordant + scorer_tied AS strict_pairs,
            concordant + discordant + scorer_tied + human_tied + both_tied AS all_pairs,
            tau_b(concordant, discordant, human_tied, scorer_tied) AS tau
        FROM prompt_agreement(in_split, in_subset, in_epsilon, by_rank_gap)
    ),

    numbers AS (
        SELECT
            orders.*,
            agreement.rank_gap,
            agreement.tau,
            coalesce(agreement.concordant, 0) AS concordant,
            coalesce(agreement.discordant, 0) AS discordant,
            coalesce(agreement.scorer_tied, 0) AS scorer_tied,
            coalesce(agreement.calibrated, 0) AS calibrated,
            coalesce(agreement.strict_pairs, 0) AS strict_pairs,
            coalesce(agreement.all_pairs, 0) AS all_pairs,
            CASE WHEN agreement.strict_pairs > 0 THEN 1 ELSE 0 END AS has_strict,
            CASE WHEN agreement.all_pairs > 0 THEN 1 ELSE 0 END AS has_pair,
            CASE WHEN agreement.tau IS NOT NULL THEN 1 ELSE 0 END AS has_tau,
            CASE WHEN orders.spearman IS NOT NULL THEN 1 ELSE 0 END AS has_spearman,
            CASE WHEN orders.best_images = 1 THEN 1 ELSE 0 END AS one_best,
            CASE WHEN orders.worst_images = 1 THEN 1 ELSE 0 END AS one_worst,
            least(1, orders.ranked_images) / orders.ranked_images AS share_1,
            least(2, orders.ranked_images) / orders.ranked_images AS share_2,
            least(4, orders.ranked_images) / orders.ranked_images AS share_4
        FROM prompt_order(in_split, in_subset) AS orders
        LEFT JOIN agreement ON orders.scorer = agreement.scorer AND orders.first_row = agreement.first_row
    ),

    figure_lists AS (
        SELECT
            scorer,
            split,
            prompt_id,
            rank_gap,
            first_row,
            -- acc_micro, acc_macro, acc_eq, scorer_ties
            float_list([concordant, coalesce(concordant / nullif(strict_pairs, 0), 0), calibrated, scorer_tied])
                AS pair_numerators,
            float_list([strict_pairs, has_strict, all_pairs, strict_pairs]) AS pair_denominators,
            float_list([strict_pairs / 2, has_strict / 2, strict_pairs / 2, 0]) AS pair_chances,
            [strict_pairs, strict_pairs, all_pairs, strict_pairs] AS pair_pairs,
            -- tau_b, spearman, inversion, best_of_n, then k = 1, 2, 4 of recall, recall_frac, recall_unique;
            -- filter, filter_frac, filter_unique
            float_list([
                coalesce(tau, 0), coalesce(spearman, 0), coalesce(1 - discordant / nullif(all_pairs, 0), 0), best_of_n,
                best_any_1, best_any_2, best_any_4,
                best_frac_1, best_frac_2, best_frac_4,
                one_best * best_any_1, one_best * best_any_2, one_best * best_any_4,
                worst_any_1, worst_any_2, worst_any_4,
                worst_frac_1, worst_frac_2, worst_frac_4,
                one_worst * worst_any_1, one_worst * worst_any_2, one_worst * worst_any_4
            ]) AS prompt_numerators,
            float_list([
                has_tau, has_spearman, has_pair, 1,
                1, 1, 1, 1, 1, 1, one_best, one_best, one_best,
                1, 1, 1, 1, 1, 1, one_worst, one_worst, one_worst
            ]) AS prompt_denominators,
            float_list([
                0, 0, has_pair - coalesce(strict_pairs / nullif(2 * all_pairs, 0), 0), best_images / ranked_images,
                1 - hypergeometric_miss(ranked_images, best_images, 1),
                1 - hypergeometric_miss(ranked_images, best_images, 2),
                1 - hypergeometric_miss(ranked_images, best_images, 4),
                share_1, share_2, share_4,
                one_best * share_1, one_best * share_2, one_best * share_4,
                1 - hypergeometric_miss(ranked_images, worst_images, 1),
                1 - hypergeometric_miss(ranked_images, worst_images, 2),
                1 - hypergeometric_miss(ranked_images, worst_images, 4),
                share_1, share_2, share_4,
                one_worst * share_1, one_worst * share_2, one_worst * share_4
            ]) AS prompt_chances,
            [
                has_tau * all_pairs, NULL, all_pairs, NULL,
                NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            ] AS prompt_pairs
        FROM numbers
        WHERE all_pairs > 0 OR NOT coalesce(by_rank_gap, FALSE)
    ),

    group_columns AS (
        SELECT
            split,
            prompt_id,
            part,
            classification,
            images
        FROM prompt_counts(in_split, in_subset)
    )

    SELECT
        listed.scorer,
        listed.split,
        group_columns.part,
        listed.prompt_id,
        group_columns.classification,
        group_columns.images,
        listed.rank_gap,
        CASE
            WHEN by_rank_gap THEN listed.pair_numerators
            ELSE list_concat(listed.pair_numerators, listed.prompt_numerators)
        END AS numerators,
        CASE
            WHEN by_rank_gap THEN listed.pair_denominators
            ELSE list_concat(listed.pair_denominators, listed.prompt_denominators)
        END AS denominators,
        CASE
            WHEN by_rank_gap THEN listed.pair_chances
            ELSE list_concat(listed.pair_chances, listed.prompt_chances)
        END AS chances,
        CASE
            WHEN by_rank_gap THEN listed.pair_pairs
            ELSE list_concat(listed.pair_pairs, listed.prompt_pairs)
        END AS pairs,
        listed.first_row
    FROM figure_lists AS listed
    INNER JOIN group_columns ON listed.split = group_columns.split AND listed.prompt_id = group_columns.prompt_id

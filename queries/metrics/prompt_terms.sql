-- name: prompt_terms
-- One row per scorer and prompt: what the prompt adds to each term of the metrics, one column per term.
-- A metric over prompts is the sum of its numerator divided by the sum of its denominator; the view metrics names both terms. A
-- prompt for which a term is undefined adds 0. Terms that begin with chance_ or half_ are what random scores without ties, and an ε
-- of 0, would add on average. By rank gap, the terms of pairs count the pairs with that gap, and the terms of the order of images,
-- from spearman on, are NULL. A prompt with votes and no ranks adds 0 to these terms and to prompts. Images without a score, and without
-- a rank or a vote, are left out, as if the prompt did not have them; a prompt without any other image has no row. images counts all
-- images of the prompt.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_epsilon: ε of every scorer; NULL takes each scorer's own in tie_epsilons, else 0
-- param by_rank_gap: a row for each rank gap, with the terms of pairs; false leaves rank_gap NULL
-- returns: scorer VARCHAR, split VARCHAR, part SMALLINT, prompt_id VARCHAR, classification VARCHAR, images BIGINT, rank_gap SMALLINT, prompts DOUBLE, zero DOUBLE, concordant DOUBLE, concordant_share DOUBLE, agreeing DOUBLE, scorer_tied DOUBLE, strict_pairs DOUBLE, half_strict_pairs DOUBLE, all_pairs DOUBLE, has_strict DOUBLE, half_has_strict DOUBLE, has_pair DOUBLE, tau DOUBLE, has_tau DOUBLE, tau_pairs DOUBLE, not_inverted DOUBLE, chance_not_inverted DOUBLE, spearman DOUBLE, has_spearman DOUBLE, best_of_n DOUBLE, chance_best_of_n DOUBLE, best_any_1 DOUBLE, best_any_2 DOUBLE, best_any_4 DOUBLE, chance_best_any_1 DOUBLE, chance_best_any_2 DOUBLE, chance_best_any_4 DOUBLE, best_frac_1 DOUBLE, best_frac_2 DOUBLE, best_frac_4 DOUBLE, worst_any_1 DOUBLE, worst_any_2 DOUBLE, worst_any_4 DOUBLE, chance_worst_any_1 DOUBLE, chance_worst_any_2 DOUBLE, chance_worst_any_4 DOUBLE, worst_frac_1 DOUBLE, worst_frac_2 DOUBLE, worst_frac_4 DOUBLE, chance_frac_1 DOUBLE, chance_frac_2 DOUBLE, chance_frac_4 DOUBLE, one_best DOUBLE, only_best_1 DOUBLE, only_best_2 DOUBLE, only_best_4 DOUBLE, chance_only_best_1 DOUBLE, chance_only_best_2 DOUBLE, chance_only_best_4 DOUBLE, one_worst DOUBLE, only_worst_1 DOUBLE, only_worst_2 DOUBLE, only_worst_4 DOUBLE, chance_only_worst_1 DOUBLE, chance_only_worst_2 DOUBLE, chance_only_worst_4 DOUBLE, first_row BIGINT
-- important: scorer, prompt_id, strict_pairs, concordant, concordant_share, scorer_tied, tau, spearman, split
-- reads: prompt_agreement, prompt_order, prompt_counts, tau_b, hypergeometric_miss
-- source: metrics of the view metrics
-- query: prompt_terms
-- question: What does each prompt add to each term of the metrics of a scorer?
-- parameters: split, subset, by_rank_gap
-- order: first_row, scorer, rank_gap NULLS FIRST
CREATE OR REPLACE MACRO prompt_terms(
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
            CASE WHEN is_ranked THEN tau_b(concordant, discordant, human_tied, scorer_tied) END AS defined_tau
        FROM prompt_agreement(in_split, in_subset, in_epsilon, by_rank_gap)
    ),

    pair_terms AS (
        SELECT
            scorer,
            split,
            prompt_id,
            first_row,
            rank_gap,
            concordant,
            coalesce(concordant / nullif(strict_pairs, 0), 0) AS concordant_share,
            agreeing,
            scorer_tied,
            strict_pairs,
            strict_pairs / 2 AS half_strict_pairs,
            all_pairs,
            CASE WHEN strict_pairs > 0 THEN 1 ELSE 0 END AS has_strict,
            CASE WHEN strict_pairs > 0 THEN 0.5 ELSE 0 END AS half_has_strict,
            1 AS has_pair,
            coalesce(defined_tau, 0) AS tau,
            CASE WHEN defined_tau IS NULL THEN 0 ELSE 1 END AS has_tau,
            CASE WHEN defined_tau IS NULL THEN 0 ELSE all_pairs END AS tau_pairs,
            1 - discordant / all_pairs AS not_inverted,
            1 - strict_pairs / (2 * all_pairs) AS chance_not_inverted
        FROM agreement
    ),

    place_terms AS (
        SELECT
            scorer,
            split,
            prompt_id,
            first_row,
            coalesce(spearman, 0) AS spearman,
            CASE WHEN spearman IS NULL THEN 0 ELSE 1 END AS has_spearman,
            best_of_n,
            best_images / ranked_images AS chance_best_of_n,
            best_any_1,
            best_any_2,
            best_any_4,
            1 - hypergeometric_miss(ranked_images, best_images, 1) AS chance_best_any_1,
            1 - hypergeometric_miss(ranked_images, best_images, 2) AS chance_best_any_2,
            1 - hypergeometric_miss(ranked_images, best_images, 4) AS chance_best_any_4,
            best_frac_1,
            best_frac_2,
            best_frac_4,
            worst_any_1,
            worst_any_2,
            worst_any_4,
            1 - hypergeometric_miss(ranked_images, worst_images, 1) AS chance_worst_any_1,
            1 - hypergeometric_miss(ranked_images, worst_images, 2) AS chance_worst_any_2,
            1 - hypergeometric_miss(ranked_images, worst_images, 4) AS chance_worst_any_4,
            worst_frac_1,
            worst_frac_2,
            worst_frac_4,
            least(1, ranked_images) / ranked_images AS chance_frac_1,
            least(2, ranked_images) / ranked_images AS chance_frac_2,
            least(4, ranked_images) / ranked_images AS chance_frac_4,
            CASE WHEN best_images = 1 THEN 1 ELSE 0 END AS one_best,
            CASE WHEN worst_images = 1 THEN 1 ELSE 0 END AS one_worst
        FROM prompt_order(in_split, in_subset)
        WHERE NOT coalesce(by_rank_gap, FALSE)
    ),

    prompt_columns AS (
        SELECT
            split,
            prompt_id,
            part,
            classification,
            images,
            CASE WHEN NOT coalesce(by_rank_gap, FALSE) THEN 0 END AS unranked_term
        FROM prompt_counts(in_split, in_subset)
    )

    SELECT
        coalesce(place_terms.scorer, pair_terms.scorer) AS scorer,
        prompt_columns.split,
        prompt_columns.part,
        prompt_columns.prompt_id,
        prompt_columns.classification,
        prompt_columns.images,
        pair_terms.rank_gap,
        cast(
            CASE WHEN place_terms.first_row IS NULL THEN coalesce(prompt_columns.unranked_term, 1) ELSE 1 END AS DOUBLE
        ) AS prompts,
        cast(0 AS DOUBLE) AS zero,
        cast(coalesce(pair_terms.concordant, 0) AS DOUBLE) AS concordant,
        cast(coalesce(pair_terms.concordant_share, 0) AS DOUBLE) AS concordant_share,
        cast(coalesce(pair_terms.agreeing, 0) AS DOUBLE) AS agreeing,
        cast(coalesce(pair_terms.scorer_tied, 0) AS DOUBLE) AS scorer_tied,
        cast(coalesce(pair_terms.strict_pairs, 0) AS DOUBLE) AS strict_pairs,
        cast(coalesce(pair_terms.half_strict_pairs, 0) AS DOUBLE) AS half_strict_pairs,
        cast(coalesce(pair_terms.all_pairs, 0) AS DOUBLE) AS all_pairs,
        cast(coalesce(pair_terms.has_strict, 0) AS DOUBLE) AS has_strict,
        cast(coalesce(pair_terms.half_has_strict, 0) AS DOUBLE) AS half_has_strict,
        cast(coalesce(pair_terms.has_pair, 0) AS DOUBLE) AS has_pair,
        cast(coalesce(pair_terms.tau, 0) AS DOUBLE) AS tau,
        cast(coalesce(pair_terms.has_tau, 0) AS DOUBLE) AS has_tau,
        cast(coalesce(pair_terms.tau_pairs, 0) AS DOUBLE) AS tau_pairs,
        cast(coalesce(pair_terms.not_inverted, 0) AS DOUBLE) AS not_inverted,
        cast(coalesce(pair_terms.chance_not_inverted, 0) AS DOUBLE) AS chance_not_inverted,
        cast(coalesce(place_terms.spearman, prompt_columns.unranked_term) AS DOUBLE) AS spearman,
        cast(coalesce(place_terms.has_spearman, prompt_columns.unranked_term) AS DOUBLE) AS has_spearman,
        cast(coalesce(place_terms.best_of_n, prompt_columns.unranked_term) AS DOUBLE) AS best_of_n,
        cast(coalesce(place_terms.chance_best_of_n, prompt_columns.unranked_term) AS DOUBLE) AS chance_best_of_n,
        cast(coalesce(place_terms.best_any_1, prompt_columns.unranked_term) AS DOUBLE) AS best_any_1,
        cast(coalesce(place_terms.best_any_2, prompt_columns.unranked_term) AS DOUBLE) AS best_any_2,
        cast(coalesce(place_terms.best_any_4, prompt_columns.unranked_term) AS DOUBLE) AS best_any_4,
        cast(coalesce(place_terms.chance_best_any_1, prompt_columns.unranked_term) AS DOUBLE) AS chance_best_any_1,
        cast(coalesce(place_terms.chance_best_any_2, prompt_columns.unranked_term) AS DOUBLE) AS chance_best_any_2,
        cast(coalesce(place_terms.chance_best_any_4, prompt_columns.unranked_term) AS DOUBLE) AS chance_best_any_4,
        cast(coalesce(place_terms.best_frac_1, prompt_columns.unranked_term) AS DOUBLE) AS best_frac_1,
        cast(coalesce(place_terms.best_frac_2, prompt_columns.unranked_term) AS DOUBLE) AS best_frac_2,
        cast(coalesce(place_terms.best_frac_4, prompt_columns.unranked_term) AS DOUBLE) AS best_frac_4,
        cast(coalesce(place_terms.worst_any_1, prompt_columns.unranked_term) AS DOUBLE) AS worst_any_1,
        cast(coalesce(place_terms.worst_any_2, prompt_columns.unranked_term) AS DOUBLE) AS worst_any_2,
        cast(coalesce(place_terms.worst_any_4, prompt_columns.unranked_term) AS DOUBLE) AS worst_any_4,
        cast(coalesce(place_terms.chance_worst_any_1, prompt_columns.unranked_term) AS DOUBLE) AS chance_worst_any_1,
        cast(coalesce(place_terms.chance_worst_any_2, prompt_columns.unranked_term) AS DOUBLE) AS chance_worst_any_2,
        cast(coalesce(place_terms.chance_worst_any_4, prompt_columns.unranked_term) AS DOUBLE) AS chance_worst_any_4,
        cast(coalesce(place_terms.worst_frac_1, prompt_columns.unranked_term) AS DOUBLE) AS worst_frac_1,
        cast(coalesce(place_terms.worst_frac_2, prompt_columns.unranked_term) AS DOUBLE) AS worst_frac_2,
        cast(coalesce(place_terms.worst_frac_4, prompt_columns.unranked_term) AS DOUBLE) AS worst_frac_4,
        cast(coalesce(place_terms.chance_frac_1, prompt_columns.unranked_term) AS DOUBLE) AS chance_frac_1,
        cast(coalesce(place_terms.chance_frac_2, prompt_columns.unranked_term) AS DOUBLE) AS chance_frac_2,
        cast(coalesce(place_terms.chance_frac_4, prompt_columns.unranked_term) AS DOUBLE) AS chance_frac_4,
        cast(coalesce(place_terms.one_best, prompt_columns.unranked_term) AS DOUBLE) AS one_best,
        cast(coalesce(place_terms.one_best * place_terms.best_any_1, prompt_columns.unranked_term) AS DOUBLE)
            AS only_best_1,
        cast(coalesce(place_terms.one_best * place_terms.best_any_2, prompt_columns.unranked_term) AS DOUBLE)
            AS only_best_2,
        cast(coalesce(place_terms.one_best * place_terms.best_any_4, prompt_columns.unranked_term) AS DOUBLE)
            AS only_best_4,
        cast(coalesce(place_terms.one_best * place_terms.chance_frac_1, prompt_columns.unranked_term) AS DOUBLE)
            AS chance_only_best_1,
        cast(coalesce(place_terms.one_best * place_terms.chance_frac_2, prompt_columns.unranked_term) AS DOUBLE)
            AS chance_only_best_2,
        cast(coalesce(place_terms.one_best * place_terms.chance_frac_4, prompt_columns.unranked_term) AS DOUBLE)
            AS chance_only_best_4,
        cast(coalesce(place_terms.one_worst, prompt_columns.unranked_term) AS DOUBLE) AS one_worst,
        cast(coalesce(place_terms.one_worst * place_terms.worst_any_1, prompt_columns.unranked_term) AS DOUBLE)
            AS only_worst_1,
        cast(coalesce(place_terms.one_worst * place_terms.worst_any_2, prompt_columns.unranked_term) AS DOUBLE)
            AS only_worst_2,
        cast(coalesce(place_terms.one_worst * place_terms.worst_any_4, prompt_columns.unranked_term) AS DOUBLE)
            AS only_worst_4,
        cast(coalesce(place_terms.one_worst * place_terms.chance_frac_1, prompt_columns.unranked_term) AS DOUBLE)
            AS chance_only_worst_1,
        cast(coalesce(place_terms.one_worst * place_terms.chance_frac_2, prompt_columns.unranked_term) AS DOUBLE)
            AS chance_only_worst_2,
        cast(coalesce(place_terms.one_worst * place_terms.chance_frac_4, prompt_columns.unranked_term) AS DOUBLE)
            AS chance_only_worst_4,
        coalesce(place_terms.first_row, pair_terms.first_row) AS first_row
    FROM place_terms
    FULL JOIN pair_terms ON place_terms.scorer = pair_terms.scorer AND place_terms.first_row = pair_terms.first_row
    INNER JOIN prompt_columns
        ON
            coalesce(place_terms.split, pair_terms.split) = prompt_columns.split
            AND coalesce(place_terms.prompt_id, pair_terms.prompt_id) = prompt_columns.prompt_id

-- name: term_rows
-- One row per scorer, prompt and term: the columns of prompt_terms as rows.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_epsilon: ε of every scorer; NULL takes each scorer's own in tie_epsilons, else 0
-- param by_rank_gap: rows for each rank gap, with the terms of its pairs; false leaves rank_gap NULL
-- returns: scorer VARCHAR, split VARCHAR, part SMALLINT, prompt_id VARCHAR, classification VARCHAR, images BIGINT, rank_gap SMALLINT, term VARCHAR, number DOUBLE, first_row BIGINT
-- reads: prompt_terms
CREATE OR REPLACE MACRO term_rows(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    in_epsilon DOUBLE := NULL,
    by_rank_gap BOOLEAN := FALSE
) AS TABLE
    WITH unnested AS (
        SELECT
            scorer,
            split,
            part,
            prompt_id,
            classification,
            images,
            rank_gap,
            first_row,
            unnest([
                { 'term': 'prompts', 'number': prompts },
                { 'term': 'zero', 'number': zero },
                { 'term': 'concordant', 'number': concordant },
                { 'term': 'concordant_share', 'number': concordant_share },
                { 'term': 'agreeing', 'number': agreeing },
                { 'term': 'scorer_tied', 'number': scorer_tied },
                { 'term': 'strict_pairs', 'number': strict_pairs },
                { 'term': 'half_strict_pairs', 'number': half_strict_pairs },
                { 'term': 'all_pairs', 'number': all_pairs },
                { 'term': 'has_strict', 'number': has_strict },
                { 'term': 'half_has_strict', 'number': half_has_strict },
                { 'term': 'has_pair', 'number': has_pair },
                { 'term': 'tau', 'number': tau },
                { 'term': 'has_tau', 'number': has_tau },
                { 'term': 'tau_pairs', 'number': tau_pairs },
                { 'term': 'not_inverted', 'number': not_inverted },
                { 'term': 'chance_not_inverted', 'number': chance_not_inverted },
                { 'term': 'spearman', 'number': spearman },
                { 'term': 'has_spearman', 'number': has_spearman },
                { 'term': 'best_of_n', 'number': best_of_n },
                { 'term': 'chance_best_of_n', 'number': chance_best_of_n },
                { 'term': 'best_any_1', 'number': best_any_1 },
                { 'term': 'best_any_2', 'number': best_any_2 },
                { 'term': 'best_any_4', 'number': best_any_4 },
                { 'term': 'chance_best_any_1', 'number': chance_best_any_1 },
                { 'term': 'chance_best_any_2', 'number': chance_best_any_2 },
                { 'term': 'chance_best_any_4', 'number': chance_best_any_4 },
                { 'term': 'best_frac_1', 'number': best_frac_1 },
                { 'term': 'best_frac_2', 'number': best_frac_2 },
                { 'term': 'best_frac_4', 'number': best_frac_4 },
                { 'term': 'worst_any_1', 'number': worst_any_1 },
                { 'term': 'worst_any_2', 'number': worst_any_2 },
                { 'term': 'worst_any_4', 'number': worst_any_4 },
                { 'term': 'chance_worst_any_1', 'number': chance_worst_any_1 },
                { 'term': 'chance_worst_any_2', 'number': chance_worst_any_2 },
                { 'term': 'chance_worst_any_4', 'number': chance_worst_any_4 },
                { 'term': 'worst_frac_1', 'number': worst_frac_1 },
                { 'term': 'worst_frac_2', 'number': worst_frac_2 },
                { 'term': 'worst_frac_4', 'number': worst_frac_4 },
                { 'term': 'chance_frac_1', 'number': chance_frac_1 },
                { 'term': 'chance_frac_2', 'number': chance_frac_2 },
                { 'term': 'chance_frac_4', 'number': chance_frac_4 },
                { 'term': 'one_best', 'number': one_best },
                { 'term': 'only_best_1', 'number': only_best_1 },
                { 'term': 'only_best_2', 'number': only_best_2 },
                { 'term': 'only_best_4', 'number': only_best_4 },
                { 'term': 'chance_only_best_1', 'number': chance_only_best_1 },
                { 'term': 'chance_only_best_2', 'number': chance_only_best_2 },
                { 'term': 'chance_only_best_4', 'number': chance_only_best_4 },
                { 'term': 'one_worst', 'number': one_worst },
                { 'term': 'only_worst_1', 'number': only_worst_1 },
                { 'term': 'only_worst_2', 'number': only_worst_2 },
                { 'term': 'only_worst_4', 'number': only_worst_4 },
                { 'term': 'chance_only_worst_1', 'number': chance_only_worst_1 },
                { 'term': 'chance_only_worst_2', 'number': chance_only_worst_2 },
                { 'term': 'chance_only_worst_4', 'number': chance_only_worst_4 }
            ]) AS named
        FROM prompt_terms(in_split, in_subset, in_epsilon, by_rank_gap)
    )

    SELECT
        unnested.scorer,
        unnested.split,
        unnested.part,
        unnested.prompt_id,
        unnested.classification,
        unnested.images,
        unnested.rank_gap,
        unnested.named.term,
        unnested.named.number,
        unnested.first_row
    FROM unnested

-- name: prompt_agreement
-- One row per scorer and prompt: how many of the prompt's scored pairs the scorer orders as people did.
-- Five counts add up to the scored pairs: concordant and discordant, strict pairs whose better image has the higher or the lower
-- score; scorer_tied, strict pairs with equal scores; human_tied, tied pairs with different scores; both_tied, tied pairs with equal
-- scores. agreeing counts pairs, tied ones included, on which scorer and people agree if scores that differ by ε or less are a tie. is_ranked tells
-- whether the pairs are those of ranks, and not of votes.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_epsilon: ε of every scorer; NULL takes each scorer's own in tie_epsilons, else 0
-- param by_rank_gap: a row for each rank gap of a prompt's pairs; false leaves rank_gap NULL
-- returns: scorer VARCHAR, split VARCHAR, prompt_id VARCHAR, rank_gap SMALLINT, concordant BIGINT, discordant BIGINT, scorer_tied BIGINT, human_tied BIGINT, both_tied BIGINT, agreeing BIGINT, first_row BIGINT, is_ranked BOOLEAN
-- reads: pair_scores, tie_epsilons, tie_aware_sign
-- source: Deutsch et al. 2023, arXiv 2305.14324
CREATE OR REPLACE MACRO prompt_agreement(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    in_epsilon DOUBLE := NULL,
    by_rank_gap BOOLEAN := FALSE
) AS TABLE
    WITH pair_rows AS (
        SELECT
            pairs.scorer,
            pairs.split,
            pairs.prompt_id,
            pairs.first_row,
            CASE WHEN by_rank_gap THEN pairs.rank_gap END AS group_gap,
            pairs.rank_gap IS NOT NULL AS is_of_ranks,
            NOT pairs.is_tied AS is_strict,
            pairs.score_sign,
            tie_aware_sign(
                pairs.better_score, pairs.worse_score, coalesce(in_epsilon, tie_epsilons.epsilon, 0)
            ) AS sign_with_ties
        FROM pair_scores(in_split, in_subset) AS pairs
        LEFT JOIN tie_epsilons ON pairs.scorer = tie_epsilons.scorer
    )

    SELECT
        scorer,
        any_value(split) AS split,
        any_value(prompt_id) AS prompt_id,
        group_gap AS rank_gap,
        count(*) FILTER (WHERE is_strict AND score_sign = 1) AS concordant,
        count(*) FILTER (WHERE is_strict AND score_sign = -1) AS discordant,
        count(*) FILTER (WHERE is_strict AND score_sign = 0) AS scorer_tied,
        count(*) FILTER (WHERE NOT is_strict AND score_sign <> 0) AS human_tied,
        count(*) FILTER (WHERE NOT is_strict AND score_sign = 0) AS both_tied,
        count(*) FILTER (WHERE is_strict = (sign_with_ties <> 0) AND sign_with_ties >= 0) AS agreeing,
        first_row,
        bool_and(is_of_ranks) AS is_ranked
    FROM pair_rows
    GROUP BY scorer, first_row, group_gap

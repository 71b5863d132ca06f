-- name: scored_pairs
-- One row per scorer and pair of images, tied pairs included, of which it has scored both; better and worse by people's ranks or votes.
-- rank_gap is NULL for a pair with votes and no ranks; is_tied tells whether people tied it.
-- score_sign is 1 if the better image has the higher score, -1 if it has the lower one, and 0 if both scores are equal.
-- tie_aware_sign is the same, but 0 for all scores that differ by ε or less.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_epsilon: ε of every scorer; NULL takes each scorer's own in tie_epsilons, else 0
-- returns: scorer VARCHAR, split VARCHAR, part SMALLINT, prompt_id VARCHAR, classification VARCHAR, better_path VARCHAR, worse_path VARCHAR, rank_gap SMALLINT, better_score DOUBLE, worse_score DOUBLE, score_sign INTEGER, tie_aware_sign INTEGER, better_row BIGINT, worse_row BIGINT, is_tied BOOLEAN
-- reads: pair_scores, images, tie_epsilons, tie_aware_sign
CREATE OR REPLACE MACRO scored_pairs(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    in_epsilon DOUBLE := NULL
) AS TABLE
    SELECT
        pairs.scorer,
        pairs.split,
        better.part,
        pairs.prompt_id,
        better.classification,
        better.image_path AS better_path,
        worse.image_path AS worse_path,
        pairs.rank_gap,
        pairs.better_score,
        pairs.worse_score,
        pairs.score_sign,
        tie_aware_sign(
            pairs.better_score, pairs.worse_score, coalesce(in_epsilon, tie_epsilons.epsilon, 0)
        ) AS tie_aware_sign,
        pairs.better_row,
        pairs.worse_row,
        pairs.is_tied
    FROM pair_scores(in_split, in_subset) AS pairs
    INNER JOIN images AS better ON pairs.better_row = better.row_index
    INNER JOIN images AS worse ON pairs.worse_row = worse.row_index
    LEFT JOIN tie_epsilons ON pairs.scorer = tie_epsilons.scorer

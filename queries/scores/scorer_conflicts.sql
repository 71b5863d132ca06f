-- name: scorer_conflicts
-- On which pairs do two scorers disagree most?
-- Shown are pairs, strict and tied, that the two order in opposite ways, those with the largest sum of both gaps first. A gap is the
-- score of the better image minus that of the worse one, in standard deviations of the scorer's scores in the split. agreeing_scorer
-- is the one that orders the pair as people did, NULL for a tied pair. scorer comes first in alphabetical order.
-- param scorer: one of the two scorers; every two scorers unless given
-- param other_scorer: the other one; every other scorer unless given
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param pairs: largest number of pairs per two scorers and split; 3 unless given
-- param with_baselines: include scorers that need no model; on unless given
-- returns: scorer, other_scorer, split, prompt_id, prompt, better_path, worse_path, rank_gap, score_gap, other_score_gap, agreeing_scorer
-- reads: pair_scores, score_spreads, image_scores, images, baseline_scores, unit_difference, whole_number
WITH scorers AS (
    SELECT DISTINCT scorer
    FROM image_scores
    WHERE coalesce($with_baselines::BOOLEAN, TRUE) OR scorer NOT IN (SELECT scorer FROM baseline_scores)
),

-- A misspelt name is an error and not an empty answer.
selection AS (
    SELECT
        CASE
            WHEN $scorer::VARCHAR IS NULL OR $scorer::VARCHAR IN (SELECT scorer FROM scorers) THEN $scorer::VARCHAR
            ELSE error(concat('there is no scorer ''', $scorer::VARCHAR, ''''))
        END AS first_name,
        CASE
            WHEN $other_scorer::VARCHAR = $scorer::VARCHAR
                THEN error(concat('''', $scorer::VARCHAR, ''' is both scorer and other_scorer; name two'))
            WHEN $other_scorer::VARCHAR IS NULL OR $other_scorer::VARCHAR IN (SELECT scorer FROM scorers)
                THEN $other_scorer::VARCHAR
            ELSE error(concat('there is no scorer ''', $other_scorer::VARCHAR, ''''))
        END AS second_name
),

gaps AS (
    SELECT
        pairs.scorer,
        pairs.split,
        pairs.prompt_id,
        pairs.rank_gap,
        pairs.is_tied,
        pairs.score_sign,
        unit_difference(pairs.better_score, pairs.worse_score, spreads.lowest, spreads.highest)
        / spreads.spread AS score_gap,
        pairs.better_row,
        pairs.worse_row
    FROM pair_scores($split::VARCHAR, $subset::VARCHAR) AS pairs
    INNER JOIN scorers ON pairs.scorer = scorers.scorer
    INNER JOIN score_spreads() AS spreads ON pairs.scorer = spreads.scorer AND pairs.split = spreads.split
    WHERE pairs.score_sign <> 0
),

conflicts AS (
    SELECT
        base.scorer,
        rival.scorer AS other_scorer,
        base.split,
        base.prompt_id,
        base.rank_gap,
        base.score_gap,
        rival.score_gap AS other_score_gap,
        CASE
            WHEN base.is_tied THEN NULL
            WHEN base.score_sign > 0 THEN base.scorer
            ELSE rival.scorer
        END AS agreeing_scorer,
        base.better_row,
        base.worse_row,
        row_number() OVER (
            PARTITION BY base.scorer, rival.scorer, base.split
            ORDER BY
                abs(base.score_gap) + abs(rival.score_gap) DESC NULLS LAST,
                base.better_row ASC,
                base.worse_row ASC
        ) AS pair_number
    FROM gaps AS base
    INNER JOIN gaps AS rival
        ON
            base.better_row = rival.better_row
            AND base.worse_row = rival.worse_row
            AND base.scorer < rival.scorer
            AND base.score_sign = -rival.score_sign
    CROSS JOIN selection
    WHERE
        (selection.first_name IS NULL OR selection.first_name IN (base.scorer, rival.scorer))
        AND (selection.second_name IS NULL OR selection.second_name IN (base.scorer, rival.scorer))
)

SELECT
    conflicts.scorer,
    conflicts.other_scorer,
    conflicts.split,
    conflicts.prompt_id,
    better.prompt,
    better.image_path AS better_path,
    worse.image_path AS worse_path,
    conflicts.rank_gap,
    conflicts.score_gap,
    conflicts.other_score_gap,
    conflicts.agreeing_scorer
FROM conflicts
INNER JOIN images AS better ON conflicts.better_row = better.row_index
INNER JOIN images AS worse ON conflicts.worse_row = worse.row_index
WHERE conflicts.pair_number <= coalesce(whole_number($pairs), 3)
ORDER BY conflicts.scorer, conflicts.other_scorer, conflicts.split, conflicts.pair_number

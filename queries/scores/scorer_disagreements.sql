-- name: scorer_disagreements
-- On which pairs do scorers and people disagree most?
-- Shown are strict pairs that a scorer orders the other way, the largest rank gap first, then the largest score_gap: the difference
-- of the two scores in standard deviations of the scorer's scores in the split.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param pairs: largest number of pairs per scorer and split; 3 unless given
-- param with_baselines: include scorers that need no model; on unless given
-- returns: scorer, split, prompt_id, prompt, better_path, worse_path, rank_gap, better_score, worse_score, score_gap
-- important: prompt, better_path, worse_path, scorer, score_gap, rank_gap
-- reads: pair_scores, score_spreads, images, baseline_scores, unit_difference, whole_number
WITH disagreements AS (
    SELECT
        pairs.scorer,
        pairs.split,
        pairs.prompt_id,
        pairs.rank_gap,
        pairs.better_score,
        pairs.worse_score,
        unit_difference(pairs.worse_score, pairs.better_score, spreads.lowest, spreads.highest)
        / spreads.spread AS score_gap,
        pairs.better_row,
        pairs.worse_row
    FROM pair_scores($split::VARCHAR, $subset::VARCHAR) AS pairs
    INNER JOIN score_spreads() AS spreads ON pairs.scorer = spreads.scorer AND pairs.split = spreads.split
    WHERE
        NOT pairs.is_tied
        AND pairs.score_sign < 0
        AND (
            coalesce($with_baselines::BOOLEAN, TRUE)
            OR pairs.scorer NOT IN (SELECT scorer FROM baseline_scores)
        )
),

gaps AS (
    SELECT
        scorer,
        split,
        rank_gap,
        sum(count(*)) OVER (PARTITION BY scorer, split ORDER BY rank_gap DESC NULLS LAST)
        - count(*) AS pairs_of_larger_gaps
    FROM disagreements
    GROUP BY scorer, split, rank_gap
),

-- Only pairs of the largest gaps are sorted, which are few.
numbered AS (
    SELECT
        disagreements.*,
        row_number() OVER (
            PARTITION BY disagreements.scorer, disagreements.split
            ORDER BY
                disagreements.rank_gap DESC NULLS LAST,
                disagreements.score_gap DESC NULLS LAST,
                disagreements.better_row ASC,
                disagreements.worse_row ASC
        ) AS pair_number
    FROM disagreements
    INNER JOIN gaps
        ON
            disagreements.scorer = gaps.scorer
            AND disagreements.split = gaps.split
            AND disagreements.rank_gap IS NOT DISTINCT FROM gaps.rank_gap
    WHERE gaps.pairs_of_larger_gaps < coalesce(whole_number($pairs), 3)
)

SELECT
    numbered.scorer,
    numbered.split,
    numbered.prompt_id,
    better.prompt,
    better.image_path AS better_path,
    worse.image_path AS worse_path,
    numbered.rank_gap,
    numbered.better_score,
    numbered.worse_score,
    numbered.score_gap
FROM numbered
INNER JOIN images AS better ON numbered.better_row = better.row_index
INNER JOIN images AS worse ON numbered.worse_row = worse.row_index
WHERE numbered.pair_number <= coalesce(whole_number($pairs), 3)
ORDER BY numbered.scorer, numbered.split, numbered.pair_number

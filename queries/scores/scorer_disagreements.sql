-- name: scorer_disagreements
-- Where do scorers and people disagree most?
-- Of the strict pairs that a scorer orders the other way, those furthest apart: its scores differ by score_gap standard
-- deviations of the scores that it gave the images of the split (summed in order, so that the bits are the same each time).
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param pairs: most pairs of a scorer and split; 3 unless given
-- param with_baselines: whether to tell of scorers that need no model; as if true unless given
-- returns: scorer, split, prompt_id, prompt, better_path, worse_path, rank_gap, better_score, worse_score, score_gap
-- reads: scored_pairs, scores, images, baseline_scores, whole_number
WITH spreads AS (
    SELECT
        scorer,
        split,
        stddev_samp(score ORDER BY score) AS spread
    FROM scores
    GROUP BY scorer, split
),

disagreements AS (
    SELECT
        pairs.scorer,
        pairs.split,
        pairs.prompt_id,
        pairs.better_path,
        pairs.worse_path,
        pairs.rank_gap,
        pairs.better_score,
        pairs.worse_score,
        (pairs.worse_score - pairs.better_score) / nullif(spreads.spread, 0) AS score_gap,
        pairs.better_row,
        pairs.worse_row
    FROM scored_pairs($split::VARCHAR, $subset::VARCHAR) AS pairs
    INNER JOIN spreads ON pairs.scorer = spreads.scorer AND pairs.split = spreads.split
    WHERE
        pairs.rank_gap > 0
        AND pairs.side < 0
        AND (
            coalesce($with_baselines::BOOLEAN, TRUE)
            OR pairs.scorer NOT IN (SELECT scorer FROM baseline_scores)
        )
),

placed AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY scorer, split
            ORDER BY rank_gap DESC, score_gap DESC NULLS LAST, better_row ASC, worse_row ASC
        ) AS place
    FROM disagreements
)

SELECT
    placed.scorer,
    placed.split,
    placed.prompt_id,
    better.prompt,
    placed.better_path,
    placed.worse_path,
    placed.rank_gap,
    placed.better_score,
    placed.worse_score,
    placed.score_gap
FROM placed
INNER JOIN images AS better ON placed.better_row = better.row_index
WHERE placed.place <= coalesce(whole_number($pairs), 3)
ORDER BY placed.scorer, placed.split, placed.place

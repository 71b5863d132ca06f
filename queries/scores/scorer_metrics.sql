-- name: scorer_metrics
-- How well do scorers agree with people?
-- value is the share or mean that the view metrics describes, chance what random scores would give; `irdb evaluate` adds intervals.
-- The scorers are the baselines unless scores are given.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param epsilon: scores that differ by this or less are a tie in acc_eq; each scorer's tuned one, else 0, unless given
-- param by_classification: rows for each classification; off unless given
-- param by_part: rows for each part; off unless given
-- param by_images: rows for each number of images in a prompt; off unless given
-- param by_rank_gap: rows for each rank gap, of the metrics of pairs; off unless given
-- returns: scorer, split, classification, part, images, rank_gap, metric, value, chance, prompts, pairs
-- important: scorer, split, classification, metric, value, chance, pairs, prompts
-- reads: scorer_metrics, evaluated_metrics
SELECT scorer_rows.*
FROM
    scorer_metrics(
        $split::VARCHAR,
        $subset::VARCHAR,
        $epsilon::DOUBLE,
        $by_classification::BOOLEAN,
        $by_part::BOOLEAN,
        $by_images::BOOLEAN,
        $by_rank_gap::BOOLEAN
    ) AS scorer_rows
INNER JOIN evaluated_metrics ON scorer_rows.metric = evaluated_metrics.metric
ORDER BY
    scorer_rows.split,
    scorer_rows.classification NULLS LAST,
    scorer_rows.part NULLS LAST,
    scorer_rows.images NULLS LAST,
    scorer_rows.rank_gap NULLS LAST,
    evaluated_metrics.place,
    scorer_rows.scorer

-- name: prompt_figures
-- What does each prompt add to each metric of a scorer?
-- The lists are in the order of the view metrics; the macro prompt_metrics tells what they hold.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param by_rank_gap: a row for each rank gap, with the metrics of pairs; off unless given
-- returns: scorer, split, part, prompt_id, classification, images, rank_gap, numerators, denominators, chances, pairs, first_row
-- reads: prompt_figures
SELECT *
FROM prompt_figures($split::VARCHAR, $subset::VARCHAR, NULL, $by_rank_gap::BOOLEAN)
ORDER BY first_row, scorer, rank_gap NULLS FIRST

-- name: pairs
-- Which of two images of a prompt did people prefer?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param keep_ties: also pairs of images that share a rank; off unless given
-- param min_rank_gap: smallest difference in rank that makes a strict pair; 1 unless given
-- returns: split, part, prompt_id, prompt, classification, better_path, worse_path, better_rank, worse_rank, rank_gap, overall_gap, alignment_gap, fidelity_gap, better_row, worse_row
-- reads: preference_pairs, whole_number
SELECT *
FROM preference_pairs($split::VARCHAR, $subset::VARCHAR, $keep_ties::BOOLEAN, whole_number($min_rank_gap))
ORDER BY better_row, worse_row

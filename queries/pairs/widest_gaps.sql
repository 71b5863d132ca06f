-- name: widest_gaps
-- Which pairs differ most in rank?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param limit: largest number of rows; 20 unless given
-- returns: split, prompt_id, prompt, better_path, worse_path, better_rank, worse_rank, rank_gap, overall_gap
-- important: prompt, better_path, worse_path, rank_gap, overall_gap
-- reads: preference_pairs, whole_number
SELECT
    split,
    prompt_id,
    prompt,
    better_path,
    worse_path,
    better_rank,
    worse_rank,
    rank_gap,
    overall_gap
FROM preference_pairs($split::VARCHAR, $subset::VARCHAR)
ORDER BY rank_gap DESC, overall_gap DESC NULLS LAST, better_row ASC, worse_row ASC
LIMIT coalesce(whole_number($limit), 20)

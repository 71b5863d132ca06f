-- name: rating_conflicts
-- In which pairs does the better image have the lower overall rating?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param limit: largest number of rows; 20 unless given
-- returns: split, prompt_id, prompt, better_path, worse_path, better_rank, worse_rank, rank_gap, overall_gap
-- important: prompt, better_path, worse_path, rank_gap, overall_gap
-- reads: rating_conflicts, whole_number
-- source: ImageReward paper, arXiv 2304.05977: the ranking tool forces ranks to agree with overall ratings
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
FROM rating_conflicts($split::VARCHAR, $subset::VARCHAR)
ORDER BY overall_gap ASC, rank_gap DESC, better_row ASC, worse_row ASC
LIMIT coalesce(whole_number($limit), 20)

-- name: tied_prompts
-- Which prompts have the largest share of tied pairs?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param limit: largest number of rows; 20 unless given
-- returns: split, prompt_id, prompt, images, pairs, tied_pairs, tied_share
-- important: prompt, tied_share, tied_pairs, pairs, images, split
-- reads: prompt_counts, whole_number
SELECT
    split,
    prompt_id,
    prompt,
    images,
    pairs,
    tied_pairs,
    tied_pairs / pairs AS tied_share
FROM prompt_counts($split::VARCHAR, $subset::VARCHAR)
WHERE tied_pairs > 0
ORDER BY tied_share DESC, tied_pairs DESC, first_row ASC
LIMIT coalesce(whole_number($limit), 20)

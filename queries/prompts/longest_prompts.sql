-- name: longest_prompts
-- Which prompts are the longest?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param limit: largest number of rows; 20 unless given
-- returns: split, prompt_id, prompt, characters, images
-- reads: prompt_counts, whole_number
SELECT
    split,
    prompt_id,
    prompt,
    length(prompt) AS characters,
    images
FROM prompt_counts($split::VARCHAR, $subset::VARCHAR)
ORDER BY characters DESC NULLS LAST, first_row ASC
LIMIT coalesce(whole_number($limit), 20)

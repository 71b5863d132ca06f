-- name: shortest_prompts
-- Which prompts are the shortest?
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
WHERE prompt IS NOT NULL
ORDER BY characters ASC, first_row ASC
LIMIT coalesce(whole_number($limit), 20)

-- name: repeated_prompts
-- Which prompt texts were annotated under several prompt ids, and how did each annotation end?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: prompt, prompt_ids, split, prompt_id, images, strict_pairs, tied_pairs, best_rank, worst_rank
-- reads: prompt_counts
WITH prompt_rows AS (
    SELECT *
    FROM prompt_counts($split::VARCHAR, $subset::VARCHAR)
),

texts AS (
    SELECT
        prompt,
        count(DISTINCT prompt_id) AS prompt_ids
    FROM prompt_rows
    GROUP BY prompt
)

SELECT
    texts.prompt,
    texts.prompt_ids,
    prompt_rows.split,
    prompt_rows.prompt_id,
    prompt_rows.images,
    prompt_rows.strict_pairs,
    prompt_rows.tied_pairs,
    prompt_rows.best_rank,
    prompt_rows.worst_rank
FROM prompt_rows
INNER JOIN texts ON prompt_rows.prompt = texts.prompt
WHERE texts.prompt_ids > 1
ORDER BY texts.prompt_ids DESC, texts.prompt ASC, prompt_rows.split ASC, prompt_rows.prompt_id ASC

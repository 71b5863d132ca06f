-- name: repeated_prompts
-- Which prompt texts were annotated under several prompt ids, and how did each annotation end?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: prompt, prompt_ids, split, prompt_id, images, strict_pairs, tied_pairs, best_rank, worst_rank
-- reads: prompt_counts
WITH prompt_rows AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY prompt) AS prompt_ids
    FROM prompt_counts($split::VARCHAR, $subset::VARCHAR)
)

SELECT
    prompt,
    prompt_ids,
    split,
    prompt_id,
    images,
    strict_pairs,
    tied_pairs,
    best_rank,
    worst_rank
FROM prompt_rows
WHERE prompt IS NOT NULL AND prompt_ids > 1
ORDER BY prompt_ids DESC, prompt ASC, split ASC, prompt_id ASC

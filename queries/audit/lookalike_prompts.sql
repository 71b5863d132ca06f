-- name: lookalike_prompts
-- One row per prompt text that is written in several ways which look equal, as they differ only in characters that show nothing.
-- visible_prompt is the text without them; spellings counts the ways of writing it.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: visible_prompt VARCHAR, spellings BIGINT, prompt_ids BIGINT, first_row BIGINT
-- reads: subset_images, visible_text
-- query: lookalike_prompts
-- question: Which prompt texts look equal and are not?
-- order: first_row
CREATE OR REPLACE MACRO lookalike_prompts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH texts AS (
        SELECT
            prompt,
            prompt_id,
            min(row_index) AS first_row
        FROM subset_images(in_subset, in_split)
        WHERE prompt IS NOT NULL
        GROUP BY prompt, prompt_id
    )

    SELECT
        visible_text(prompt) AS visible_prompt,
        count(DISTINCT prompt) AS spellings,
        count(DISTINCT prompt_id) AS prompt_ids,
        min(first_row) AS first_row
    FROM texts
    GROUP BY visible_text(prompt)
    HAVING count(DISTINCT prompt) > 1

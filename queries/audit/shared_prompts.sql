-- name: shared_prompts
-- Prompt texts that stand in more than one split, but for case and white space, one row a normal text.
-- spellings is the number of their different spellings; train_prompts, validation_prompts and test_prompts count prompt ids.
-- param in_split: train, validation or test, in which it stands as well as in another; NULL takes any two
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: normal_prompt, splits, spellings, train_prompts, validation_prompts, test_prompts
-- reads: subset_images, normal_text, split_name
-- query: shared_prompts
-- question: Which prompt texts stand in more than one split, but for case and white space?
-- order: normal_prompt
CREATE OR REPLACE MACRO shared_prompts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH texts AS (
        SELECT DISTINCT
            split,
            prompt_id,
            prompt
        FROM subset_images(in_subset)
        WHERE prompt IS NOT NULL
    ),

    normal AS (
        SELECT
            *,
            normal_text(prompt) AS normal_prompt,
            in_split IS NULL OR split = split_name(in_split) AS is_asked
        FROM texts
    )

    SELECT
        normal_prompt,
        count(DISTINCT split) AS splits,
        count(DISTINCT prompt) AS spellings,
        count(DISTINCT prompt_id) FILTER (WHERE split = 'train') AS train_prompts,
        count(DISTINCT prompt_id) FILTER (WHERE split = 'validation') AS validation_prompts,
        count(DISTINCT prompt_id) FILTER (WHERE split = 'test') AS test_prompts
    FROM normal
    GROUP BY normal_prompt
    HAVING count(DISTINCT split) > 1 AND count(*) FILTER (WHERE is_asked) > 0

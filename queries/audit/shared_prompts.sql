-- name: shared_prompts
-- One row per prompt text that occurs in more than one split, ignoring case and whitespace.
-- spellings counts the spellings of the text; train_prompts, validation_prompts and test_prompts its prompt ids in each split.
-- param in_split: train, validation or test, one of the splits that the text is in; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: normal_prompt VARCHAR, splits BIGINT, spellings BIGINT, train_prompts BIGINT, validation_prompts BIGINT, test_prompts BIGINT
-- reads: subset_images, normal_text, split_name
-- query: shared_prompts
-- question: Which prompt texts occur in more than one split, ignoring case and whitespace?
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
            in_split IS NULL OR list_contains(string_split(split_name(in_split), ','), split) AS is_in_split
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
    HAVING count(DISTINCT split) > 1 AND count(*) FILTER (WHERE is_in_split) > 0

-- name: shared_prompts
-- Which prompt texts stand in more than one split, but for case and white space?
-- param split: train, validation or test, in which it stands as well as in another; any two unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: normal_prompt, splits, spellings, train_prompts, validation_prompts, test_prompts
-- reads: shared_prompts
SELECT *
FROM shared_prompts($split::VARCHAR, $subset::VARCHAR)
ORDER BY normal_prompt

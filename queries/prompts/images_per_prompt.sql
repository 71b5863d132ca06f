-- name: images_per_prompt
-- How many images does a prompt have?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, images, prompts, prompt_share
-- reads: prompt_counts
SELECT
    split,
    images,
    count(*) AS prompts,
    count(*) / sum(count(*)) OVER (PARTITION BY split) AS prompt_share
FROM prompt_counts($split::VARCHAR, $subset::VARCHAR)
GROUP BY split, images
ORDER BY split, images

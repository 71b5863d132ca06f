-- name: unranked_prompts
-- How many prompts of each split in an export have no image with a rank?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: start of the range of draws of prompts, see prompt_draws; 0 unless given
-- param to_draw: end of the range, excluded; 1 unless given
-- param seed: a whole number; another one gives other draws; 0 unless given
-- param stratified: whether to sample the same share of each classification; off unless given
-- returns: split, prompts
-- reads: sampled_images, whole_number
WITH unranked AS (
    SELECT
        split,
        prompt_id
    FROM
        sampled_images(
            $split::VARCHAR,
            $subset::VARCHAR,
            $from_draw::DOUBLE,
            $to_draw::DOUBLE,
            whole_number($seed),
            $stratified::BOOLEAN
        )
    GROUP BY split, prompt_id
    HAVING count(rank) = 0
)

SELECT
    split,
    count(*) AS prompts
FROM unranked
GROUP BY split
ORDER BY split

-- name: exported_prompts
-- How many prompts does an export choose of each split?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: begin of a range of draws of prompts; 0 unless given
-- param to_draw: end of the range, which is left out; 1 unless given
-- param seed: another seed makes other draws; 0 unless given
-- param stratified: spread draws evenly over each classification; off unless given
-- returns: split, prompts
-- reads: sampled_prompts, whole_number
SELECT
    split,
    count(*) AS prompts
FROM
    sampled_prompts(
        $split::VARCHAR,
        $subset::VARCHAR,
        $from_draw::DOUBLE,
        $to_draw::DOUBLE,
        whole_number($seed),
        $stratified::BOOLEAN
    )
GROUP BY split
ORDER BY split

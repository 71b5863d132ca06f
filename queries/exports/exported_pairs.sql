-- name: exported_pairs
-- Which pairs does an export hold, better image first?
-- Prompts stand as in the source, and of each the pairs of its first image, then of its second, and so on. Ties are left out.
-- prompt_weight gives every prompt the same weight, 1 over the number of its pairs that are there, and pair_weight every pair.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: begin of a range of draws of prompts; 0 unless given
-- param to_draw: end of the range, which is left out; 1 unless given
-- param seed: another seed makes other draws; 0 unless given
-- param stratified: spread draws evenly over each classification; off unless given
-- param min_rank_gap: smallest difference in rank that makes a strict pair; 1 unless given
-- param per_prompt: pairs of a prompt at most; all unless given
-- returns: prompt_id, prompt, classification, better_path, worse_path, prompt_weight, pair_weight
-- reads: sampled_pairs, whole_number
-- source: dataset card of ImageRewardDB, configurations 1k_pair to 8k_pair
SELECT
    prompt_id,
    prompt,
    classification,
    better_path,
    worse_path,
    1 / cast(prompt_pairs AS DOUBLE) AS prompt_weight,
    cast(1 AS DOUBLE) AS pair_weight
FROM
    sampled_pairs(
        $split::VARCHAR,
        $subset::VARCHAR,
        $from_draw::DOUBLE,
        $to_draw::DOUBLE,
        whole_number($seed),
        $stratified::BOOLEAN,
        FALSE,
        whole_number($min_rank_gap),
        whole_number($per_prompt)
    )
ORDER BY prompt_row, first_row, second_row

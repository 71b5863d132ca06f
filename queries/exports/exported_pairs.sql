-- name: exported_pairs
-- Which pairs are in an export, better image first?
-- Prompts are in the order of the source, and the pairs of a prompt in that of their first image, then of their second, without
-- ties. prompt_weight is 1 over the number of the prompt's pairs in the export, which weighs all prompts the same; pair_weight is
-- always 1.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: start of the range of draws of prompts, see prompt_draws; 0 unless given
-- param to_draw: end of the range, excluded; 1 unless given
-- param seed: a whole number; another one gives other draws; 0 unless given
-- param stratified: whether to sample the same share of each classification; off unless given
-- param min_rank_gap: smallest difference in rank that makes a strict pair; 1 unless given
-- param per_prompt: largest number of pairs of a prompt; all unless given
-- returns: prompt_id, prompt, classification, better_path, worse_path, prompt_weight, pair_weight
-- important: prompt, better_path, worse_path, prompt_weight, pair_weight
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

-- name: exported_groups
-- Which prompts are in an export, with lists of their images, ranks and ratings?
-- Prompts and their images are in the order of the source.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: start of the range of draws of prompts, see prompt_draws; 0 unless given
-- param to_draw: end of the range, excluded; 1 unless given
-- param seed: a whole number; another one gives other draws; 0 unless given
-- param stratified: whether to sample the same share of each classification; off unless given
-- returns: prompt_id, prompt, classification, image_path, rank, overall_rating, image_text_alignment_rating, fidelity_rating
-- important: prompt, image_path, rank, overall_rating
-- reads: prompt_groups, sampled_prompts, whole_number
-- source: dataset card of ImageRewardDB, configurations 1k_group to 8k_group
SELECT
    prompts.prompt_id,
    prompts.prompt,
    prompts.classification,
    prompts.image_path,
    prompts.rank,
    prompts.overall_rating,
    prompts.image_text_alignment_rating,
    prompts.fidelity_rating
FROM prompt_groups($split::VARCHAR, $subset::VARCHAR) AS prompts
SEMI JOIN
    sampled_prompts(
        $split::VARCHAR,
        $subset::VARCHAR,
        $from_draw::DOUBLE,
        $to_draw::DOUBLE,
        whole_number($seed),
        $stratified::BOOLEAN
    ) AS sampled
    ON prompts.split = sampled.split AND prompts.prompt_id = sampled.prompt_id
ORDER BY prompts.first_row

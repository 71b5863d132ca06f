-- name: exported_labels
-- Which pairs are in an export, in the columns that the trainer of PickScore reads?
-- Image 0 comes before image 1 in the source; a label is 1 for the better image, 0 for the worse one, and 0.5 for both images of a
-- tie. The order is that of exported_pairs. num_example_per_prompt is the number of the prompt's pairs in the export.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: start of the range of draws of prompts, see prompt_draws; 0 unless given
-- param to_draw: end of the range, excluded; 1 unless given
-- param seed: a whole number; another one gives other draws; 0 unless given
-- param stratified: whether to sample the same share of each classification; off unless given
-- param keep_ties: also tied pairs; off unless given
-- param min_rank_gap: smallest difference in rank that makes a strict pair; 1 unless given
-- param per_prompt: largest number of pairs of a prompt; all unless given
-- returns: caption, path_0, path_1, label_0, label_1, are_different, has_label, num_example_per_prompt, image_0_uid, image_1_uid, prompt_id, prompt_weight, pair_weight
-- important: caption, path_0, path_1, label_0, label_1
-- reads: sampled_pairs, voted_pairs, whole_number
-- source: PickScore repository, trainer/datasetss/clip_hf_dataset.py
WITH voted_ties AS (
    SELECT
        least(better_row, worse_row) AS first_row,
        greatest(better_row, worse_row) AS second_row
    FROM voted_pairs
    WHERE is_tied
),

pairs AS (
    SELECT
        sampled.*,
        CASE
            WHEN sampled.rank_gap = 0 OR voted_ties.first_row IS NOT NULL THEN cast(0.5 AS DOUBLE)
            WHEN sampled.is_first_better THEN 1
            ELSE 0
        END AS label_0,
        CASE WHEN sampled.is_first_better THEN sampled.better_path ELSE sampled.worse_path END AS path_0,
        CASE WHEN sampled.is_first_better THEN sampled.worse_path ELSE sampled.better_path END AS path_1
    FROM
        sampled_pairs(
            $split::VARCHAR,
            $subset::VARCHAR,
            $from_draw::DOUBLE,
            $to_draw::DOUBLE,
            whole_number($seed),
            $stratified::BOOLEAN,
            $keep_ties::BOOLEAN,
            whole_number($min_rank_gap),
            whole_number($per_prompt)
        ) AS sampled
    LEFT JOIN voted_ties ON sampled.first_row = voted_ties.first_row AND sampled.second_row = voted_ties.second_row
)

SELECT
    prompt AS caption,
    path_0,
    path_1,
    label_0,
    1 - label_0 AS label_1,
    path_0 <> path_1 AS are_different,
    TRUE AS has_label,
    prompt_pairs AS num_example_per_prompt,
    split_part(split_part(path_0, '/', -1), '.', 1) AS image_0_uid,
    split_part(split_part(path_1, '/', -1), '.', 1) AS image_1_uid,
    prompt_id,
    1 / cast(prompt_pairs AS DOUBLE) AS prompt_weight,
    cast(1 AS DOUBLE) AS pair_weight
FROM pairs
ORDER BY prompt_row, first_row, second_row

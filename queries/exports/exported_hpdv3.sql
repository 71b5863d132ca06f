-- name: exported_hpdv3
-- Which pairs are in an export, in the fields of HPDv3?
-- path1 is the better image. choice_dist has the votes for either image: [1, 0] of ranked images, whose order is no count, and [1, 1]
-- if they are tied. Tied votes, which the format lacks, are left out; of a pair with no others, each counts for both images. Weights
-- of votes are left out, too: they decide which image is the better one, and are not in the counts. confidence is the strength of the
-- vote of a pair that has only one. The order is that of exported_pairs.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: start of the range of draws of prompts, see prompt_draws; 0 unless given
-- param to_draw: end of the range, excluded; 1 unless given
-- param seed: a whole number; another one gives other draws; 0 unless given
-- param stratified: whether to sample the same share of each classification; off unless given
-- param keep_ties: also tied pairs; off unless given
-- param min_rank_gap: smallest difference in rank that makes a strict pair; 1 unless given
-- param per_prompt: largest number of pairs of a prompt; all unless given
-- returns: prompt, path1, path2, choice_dist, confidence, model1, model2, prompt_id, prompt_weight, pair_weight
-- important: prompt, path1, path2, choice_dist
-- reads: sampled_pairs, counted_votes, source_votes, images, whole_number
-- source: dataset card of HPDv3, MizzenAI/HPDv3
WITH pairs AS (
    SELECT
        *,
        CASE WHEN is_first_better THEN first_row ELSE second_row END AS better_row,
        CASE WHEN is_first_better THEN second_row ELSE first_row END AS worse_row
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
        )
),

single_votes AS (
    SELECT
        least(first_row, second_row) AS first_row,
        greatest(first_row, second_row) AS second_row,
        min(strength) AS strength
    FROM source_votes
    GROUP BY least(first_row, second_row), greatest(first_row, second_row)
    HAVING count(*) = 1
)

SELECT
    pairs.prompt,
    pairs.better_path AS path1,
    pairs.worse_path AS path2,
    CASE
        WHEN voted.votes IS NULL AND pairs.rank_gap = 0 THEN [cast(1 AS BIGINT), cast(1 AS BIGINT)]
        WHEN voted.votes IS NULL THEN [cast(1 AS BIGINT), cast(0 AS BIGINT)]
        WHEN voted.better_votes + voted.worse_votes = 0 THEN [voted.tied_votes, voted.tied_votes]
        ELSE [voted.better_votes, voted.worse_votes]
    END AS choice_dist,
    CASE WHEN voted.votes IS NOT NULL THEN single_votes.strength END AS confidence,
    better_images.generator AS model1,
    worse_images.generator AS model2,
    pairs.prompt_id,
    1 / cast(pairs.prompt_pairs AS DOUBLE) AS prompt_weight,
    cast(1 AS DOUBLE) AS pair_weight
FROM pairs
INNER JOIN images AS better_images ON pairs.better_row = better_images.row_index
INNER JOIN images AS worse_images ON pairs.worse_row = worse_images.row_index
LEFT JOIN counted_votes() AS voted
    ON pairs.better_row = voted.better_row AND pairs.worse_row = voted.worse_row AND NOT voted.is_ranked
LEFT JOIN single_votes ON pairs.first_row = single_votes.first_row AND pairs.second_row = single_votes.second_row
ORDER BY pairs.prompt_row, pairs.first_row, pairs.second_row

-- name: scored_prompts
-- One row per prompt with a score, as prompt_terms has it: by the first_row of its scores, with its part, classification and images.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: first_row BIGINT, split VARCHAR, part SMALLINT, prompt_id VARCHAR, classification VARCHAR, images BIGINT
-- reads: image_scores, prompt_counts
CREATE OR REPLACE MACRO scored_prompts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH first_rows AS (
        SELECT DISTINCT
            first_row,
            split,
            prompt_id
        FROM image_scores
        WHERE rank IS NOT NULL
    )

    SELECT
        first_rows.first_row,
        counts.split,
        counts.part,
        counts.prompt_id,
        counts.classification,
        counts.images
    FROM first_rows
    INNER JOIN prompt_counts(in_split, in_subset) AS counts
        ON first_rows.split = counts.split AND first_rows.prompt_id = counts.prompt_id

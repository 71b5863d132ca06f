-- name: confound_units
-- One row per scorer and unit that is compared with others: an image with those of its prompt, or a prompt with those of its split.
-- Of an image that was measured (see image_measures), people_value is minus its rank, and pixels is width times height; an image
-- without one of the measures is left out. Of a prompt, score_value is the mean score of its images and people_value their mean overall
-- rating, as ranks say nothing between prompts; prompt_length is in characters. So people_value is higher for what people like more.
-- Images without a rank, and prompts without a rating, are left out, unless none of the split's scored images has one; people_value is then NULL.
-- Columns of the other unit are NULL. Units are compared that have the same group_row: the first_row of the prompt, or of the first
-- prompt.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, unit VARCHAR, group_row BIGINT, score_value DOUBLE, people_value DOUBLE, file_size BIGINT, pixels DOUBLE, brightness DOUBLE, saturation DOUBLE, sharpness DOUBLE, entropy DOUBLE, prompt_length BIGINT, images BIGINT
-- reads: image_scores, images, subset_images, image_measures, float_mean, exact_mean
CREATE OR REPLACE MACRO confound_units(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH scored AS (
        SELECT
            scores.scorer,
            scores.split,
            scores.first_row,
            scores.score,
            images.image_path,
            images.prompt,
            images.overall_rating,
            -cast(images.rank AS DOUBLE) AS reversed_rank
        FROM image_scores AS scores
        SEMI JOIN subset_images(in_subset, in_split) AS selected ON scores.row_index = selected.row_index
        INNER JOIN images ON scores.row_index = images.row_index
    ),

    totals AS (
        SELECT
            scorer,
            split,
            count(reversed_rank) AS ranked_images,
            count(overall_rating) AS rated_images
        FROM scored
        GROUP BY scorer, split
    ),

    prompts AS (
        SELECT
            scored.scorer,
            scored.split,
            scored.first_row,
            float_mean(scored.score) AS score_value,
            exact_mean(scored.overall_rating) AS people_value,
            min(length(scored.prompt)) AS prompt_length,
            count(*) AS images
        FROM scored
        INNER JOIN totals ON scored.scorer = totals.scorer AND scored.split = totals.split
        GROUP BY scored.scorer, scored.split, scored.first_row
        HAVING count(scored.overall_rating) > 0 OR min(totals.rated_images) = 0
    )

    SELECT
        scored.scorer,
        scored.split,
        'image' AS unit,
        scored.first_row AS group_row,
        scored.score AS score_value,
        scored.reversed_rank AS people_value,
        measures.size AS file_size,
        cast(measures.width AS DOUBLE) * measures.height AS pixels,
        measures.brightness,
        measures.saturation,
        measures.sharpness,
        measures.entropy,
        cast(NULL AS BIGINT) AS prompt_length,
        cast(1 AS BIGINT) AS images
    FROM scored
    INNER JOIN totals ON scored.scorer = totals.scorer AND scored.split = totals.split
    INNER JOIN image_measures AS measures ON scored.image_path = measures.image_path
    WHERE
        (scored.reversed_rank IS NOT NULL OR totals.ranked_images = 0)
        AND measures.size IS NOT NULL
        AND measures.width IS NOT NULL
        AND measures.height IS NOT NULL
        AND measures.brightness IS NOT NULL
        AND measures.saturation IS NOT NULL
        AND measures.sharpness IS NOT NULL
        AND measures.entropy IS NOT NULL
    UNION ALL
    SELECT
        scorer,
        split,
        'prompt' AS unit,
        min(first_row) OVER (PARTITION BY scorer, split) AS group_row,
        score_value,
        people_value,
        cast(NULL AS BIGINT) AS file_size,
        cast(NULL AS DOUBLE) AS pixels,
        cast(NULL AS DOUBLE) AS brightness,
        cast(NULL AS DOUBLE) AS saturation,
        cast(NULL AS DOUBLE) AS sharpness,
        cast(NULL AS DOUBLE) AS entropy,
        prompt_length,
        images
    FROM prompts
    WHERE prompt_length IS NOT NULL

-- name: predictive_places
-- One row per split and place in a prompt's order in the files at which a best image stands more often than by chance.
-- Place 1 is the prompt's first image. prompts counts those with a ranked image at the place, best_prompts those with a best image there;
-- chance_share is the mean over prompts of the share of ranked images that are best. A place is listed if the lower Wilson bound of
-- best_share, at 99.9 %, is above chance_share. A scorer that breaks ties by place gains from it; the baseline position tells how much.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, place BIGINT, prompts BIGINT, best_prompts BIGINT, best_share DOUBLE, chance_share DOUBLE
-- reads: subset_images, float_mean, wilson_lower
-- query: predictive_places
-- question: At which places in the files do best images stand more often than by chance?
-- order: split, place
CREATE OR REPLACE MACRO predictive_places(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH placed AS (
        SELECT
            split,
            prompt_id,
            rank,
            row_number() OVER (PARTITION BY split, prompt_id ORDER BY row_index) AS place,
            min(rank) OVER (PARTITION BY split, prompt_id) AS best_rank
        FROM subset_images(in_subset, in_split)
    ),

    marked AS (
        SELECT
            split,
            place,
            rank,
            best_rank,
            count(CASE WHEN rank = best_rank THEN 1 END) OVER (PARTITION BY split, prompt_id) AS best_images,
            count(rank) OVER (PARTITION BY split, prompt_id) AS ranked_images
        FROM placed
    ),

    counted AS (
        SELECT
            split,
            place,
            count(*) AS prompts,
            count(*) FILTER (WHERE rank = best_rank) AS best_prompts,
            float_mean(cast(best_images AS DOUBLE) / nullif(ranked_images, 0)) AS chance_share
        FROM marked
        WHERE rank IS NOT NULL
        GROUP BY split, place
    )

    SELECT
        split,
        place,
        prompts,
        best_prompts,
        cast(best_prompts AS DOUBLE) / nullif(prompts, 0) AS best_share,
        chance_share
    FROM counted
    WHERE wilson_lower(best_prompts, prompts, 3.290526731491926) > chance_share

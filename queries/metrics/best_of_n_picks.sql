-- name: best_of_n_picks
-- One row per scorer, split and n, 1 to 9: how good the image is, on average, that a scorer picks among n images of a prompt.
-- Expected are the rank (1 is best) and the overall rating (7 is best) of the image with the highest score among n that are drawn
-- without replacement from the ranked and scored images of a prompt, averaged over all draws, and then over the prompts of n such
-- images or more. Of equal scores, each is picked as likely as the others. oracle_… is what people's ranks themselves would pick,
-- random_… a pick at random. Prompts with an image that has no overall rating are left out of the ratings: rated_prompts counts the others.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, n BIGINT, expected_rank DOUBLE, oracle_rank DOUBLE, random_rank DOUBLE, expected_rating DOUBLE, oracle_rating DOUBLE, random_rating DOUBLE, prompts BIGINT, rated_prompts BIGINT
-- important: scorer, n, expected_rank, oracle_rank, random_rank, expected_rating, split
-- reads: image_scores, images, subset_images, drawn_share, exact_mean
-- source: expected maximum of a sample without replacement, in closed form: C(below + tied, n) - C(below, n) of C(images, n) draws
-- query: best_of_n_picks
-- question: How good is the image that a scorer picks among n?
-- order: split, scorer, n
CREATE OR REPLACE MACRO best_of_n_picks(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH positions AS (
        SELECT
            scores.scorer,
            scores.split,
            scores.first_row,
            scores.rank AS human_rank,
            images.overall_rating,
            count(*) OVER (PARTITION BY scores.scorer, scores.first_row) AS all_images,
            rank() OVER (PARTITION BY scores.scorer, scores.first_row ORDER BY scores.score) - 1 AS below,
            count(*) OVER (
                PARTITION BY scores.scorer, scores.first_row
                ORDER BY scores.score
                RANGE BETWEEN CURRENT ROW AND CURRENT ROW
            ) AS tied,
            rank() OVER (PARTITION BY scores.scorer, scores.first_row ORDER BY scores.rank DESC) - 1 AS worse,
            count(*) OVER (
                PARTITION BY scores.scorer, scores.first_row
                ORDER BY scores.rank
                RANGE BETWEEN CURRENT ROW AND CURRENT ROW
            ) AS same_rank
        FROM image_scores AS scores
        SEMI JOIN subset_images(in_subset, in_split) AS selected ON scores.row_index = selected.row_index
        INNER JOIN images ON scores.row_index = images.row_index
        WHERE scores.rank IS NOT NULL
    ),

    numbers AS (
        SELECT unnest([1, 2, 3, 4, 5, 6, 7, 8, 9]) AS number
    ),

    sizes AS (
        SELECT cast(number AS BIGINT) AS n
        FROM numbers
    ),

    -- How likely each image is the pick among n.
    picks AS (
        SELECT
            positions.scorer,
            positions.split,
            positions.first_row,
            positions.human_rank,
            positions.overall_rating,
            positions.all_images,
            sizes.n,
            (
                drawn_share(positions.all_images, positions.below + positions.tied, sizes.n)
                - drawn_share(positions.all_images, positions.below, sizes.n)
            ) / positions.tied AS pick_share,
            (
                drawn_share(positions.all_images, positions.worse + positions.same_rank, sizes.n)
                - drawn_share(positions.all_images, positions.worse, sizes.n)
            ) / positions.same_rank AS oracle_share
        FROM positions
        INNER JOIN sizes ON positions.all_images >= sizes.n
    ),

    prompt_picks AS (
        SELECT
            scorer,
            n,
            first_row,
            any_value(split) AS split,
            exact_mean(pick_share * human_rank) * count(*) AS pick_rank,
            exact_mean(oracle_share * human_rank) * count(*) AS best_rank,
            exact_mean(human_rank) AS mean_rank,
            CASE WHEN count(overall_rating) = count(*) THEN exact_mean(pick_share * overall_rating) * count(*) END
                AS pick_rating,
            CASE WHEN count(overall_rating) = count(*) THEN exact_mean(oracle_share * overall_rating) * count(*) END
                AS best_rating,
            CASE WHEN count(overall_rating) = count(*) THEN exact_mean(overall_rating) END AS mean_rating
        FROM picks
        GROUP BY scorer, n, first_row
    )

    SELECT
        scorer,
        split,
        n,
        exact_mean(pick_rank) AS expected_rank,
        exact_mean(best_rank) AS oracle_rank,
        exact_mean(mean_rank) AS random_rank,
        exact_mean(pick_rating) AS expected_rating,
        exact_mean(best_rating) AS oracle_rating,
        exact_mean(mean_rating) AS random_rating,
        count(*) AS prompts,
        count(pick_rating) AS rated_prompts
    FROM prompt_picks
    GROUP BY scorer, split, n

-- name: prompt_order
-- One row per scorer and prompt: where the best and the worst images are in the order of the scores.
-- Only ranked images with a score count; best_images share the lowest rank among them, worst_images the highest. best_any_k is the
-- chance that a best image is among the k highest scores, best_frac_k the expected share of best images among them; worst_… likewise
-- for the k lowest. Chance comes in only if images with equal scores extend beyond the k-th: every order of them is equally likely.
-- best_of_n is 1 / n if a best image has the highest score and n images share it, else 0. spearman is Pearson's correlation of the
-- average ranks by score and by reversed rank, NULL if either is the same for all images.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, prompt_id VARCHAR, first_row BIGINT, ranked_images BIGINT, best_images BIGINT, worst_images BIGINT, spearman DOUBLE, best_of_n DOUBLE, best_any_1 DOUBLE, best_any_2 DOUBLE, best_any_4 DOUBLE, best_frac_1 DOUBLE, best_frac_2 DOUBLE, best_frac_4 DOUBLE, worst_any_1 DOUBLE, worst_any_2 DOUBLE, worst_any_4 DOUBLE, worst_frac_1 DOUBLE, worst_frac_2 DOUBLE, worst_frac_4 DOUBLE
-- reads: image_scores, subset_images, hypergeometric_miss, pearson, exact_mean
-- source: ImageReward paper, arXiv 2304.05977, appendix C.2; RewardBench 2, arXiv 2506.01937
CREATE OR REPLACE MACRO prompt_order(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH positions AS (
        SELECT
            scores.scorer,
            scores.split,
            scores.prompt_id,
            scores.first_row,
            scores.score,
            count(*) OVER (PARTITION BY scores.scorer, scores.first_row) AS n,
            rank() OVER (PARTITION BY scores.scorer, scores.first_row ORDER BY scores.score) - 1 AS below,
            count(*) OVER (
                PARTITION BY scores.scorer, scores.first_row
                ORDER BY scores.score
                RANGE BETWEEN CURRENT ROW AND CURRENT ROW
            ) AS block,
            rank() OVER (PARTITION BY scores.scorer, scores.first_row ORDER BY scores.rank) - 1 AS better,
            count(*) OVER (
                PARTITION BY scores.scorer, scores.first_row
                ORDER BY scores.rank
                RANGE BETWEEN CURRENT ROW AND CURRENT ROW
            ) AS same_rank
        FROM image_scores AS scores
        SEMI JOIN subset_images(in_subset, in_split) AS selected ON scores.row_index = selected.row_index
        WHERE scores.rank IS NOT NULL
    ),

    marked AS (
        SELECT
            scorer,
            split,
            prompt_id,
            first_row,
            score,
            n,
            block,
            below,
            n - below - block AS above,
            better = 0 AS is_best,
            better + same_rank = n AS is_worst,
            -- Average ranks are doubled, as pearson takes whole numbers.
            2 * below + block AS score_rank,
            2 * (n - better) - same_rank AS reversed_rank
        FROM positions
    ),

    blocks AS (
        SELECT
            *,
            cast(
                sum(CASE WHEN is_best THEN 1 ELSE 0 END) OVER (
                    PARTITION BY scorer, first_row
                    ORDER BY score
                    RANGE BETWEEN CURRENT ROW AND CURRENT ROW
                ) AS BIGINT
            ) AS block_best,
            cast(
                sum(CASE WHEN is_worst THEN 1 ELSE 0 END) OVER (
                    PARTITION BY scorer, first_row
                    ORDER BY score
                    RANGE BETWEEN CURRENT ROW AND CURRENT ROW
                ) AS BIGINT
            ) AS block_worst,
            -- Number of images with this score among the k highest scores, or the k lowest.
            greatest(least(1 - above, block), 0) AS top_1,
            greatest(least(2 - above, block), 0) AS top_2,
            greatest(least(4 - above, block), 0) AS top_4,
            greatest(least(1 - below, block), 0) AS bottom_1,
            greatest(least(2 - below, block), 0) AS bottom_2,
            greatest(least(4 - below, block), 0) AS bottom_4
        FROM marked
    )

    SELECT
        scorer,
        any_value(split) AS split,
        any_value(prompt_id) AS prompt_id,
        first_row,
        count(*) AS ranked_images,
        count(*) FILTER (WHERE is_best) AS best_images,
        count(*) FILTER (WHERE is_worst) AS worst_images,
        pearson(score_rank, reversed_rank, 1) AS spearman,
        max(CASE WHEN above = 0 AND is_best THEN cast(1 AS DOUBLE) / block ELSE 0.0 END) AS best_of_n,
        1 - min(hypergeometric_miss(block, block_best, top_1)) AS best_any_1,
        1 - min(hypergeometric_miss(block, block_best, top_2)) AS best_any_2,
        1 - min(hypergeometric_miss(block, block_best, top_4)) AS best_any_4,
        exact_mean(CASE WHEN is_best THEN cast(top_1 AS DOUBLE) / block END) AS best_frac_1,
        exact_mean(CASE WHEN is_best THEN cast(top_2 AS DOUBLE) / block END) AS best_frac_2,
        exact_mean(CASE WHEN is_best THEN cast(top_4 AS DOUBLE) / block END) AS best_frac_4,
        1 - min(hypergeometric_miss(block, block_worst, bottom_1)) AS worst_any_1,
        1 - min(hypergeometric_miss(block, block_worst, bottom_2)) AS worst_any_2,
        1 - min(hypergeometric_miss(block, block_worst, bottom_4)) AS worst_any_4,
        exact_mean(CASE WHEN is_worst THEN cast(bottom_1 AS DOUBLE) / block END) AS worst_frac_1,
        exact_mean(CASE WHEN is_worst THEN cast(bottom_2 AS DOUBLE) / block END) AS worst_frac_2,
        exact_mean(CASE WHEN is_worst THEN cast(bottom_4 AS DOUBLE) / block END) AS worst_frac_4
    FROM blocks
    GROUP BY scorer, first_row

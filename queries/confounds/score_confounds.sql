-- name: score_confounds
-- One row per scorer, split and covariate: how far the scores follow it, how far people do, and how far scores do where people do not.
-- score_correlation is Spearman's of score and covariate, human_correlation that of people's order and covariate (positive if people
-- prefer what has more of it), partial_correlation that of score and covariate given people's order: 0 for a scorer that follows the
-- covariate only as far as people do. Of the measures of images, ranks are those within prompts, pooled over prompts (see
-- confound_terms): differences between prompts do not count. prompt_length is compared over prompts instead, as all images of one have
-- the same: mean score, and mean overall rating for people. NULL where what is compared is all the same, or where ranks cannot be told
-- from people's. partial_lower and partial_upper are the bounds of its 95 % interval on Fisher's scale, by the jackknife over prompts
-- with Student's quantile, of prompt_length by the error of Bonett and Wright; NULL for fewer than five prompts, and of 1 and -1. Without measures (see
-- image_measures), prompt_length is the only covariate.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, covariate VARCHAR, score_correlation DOUBLE, human_correlation DOUBLE, partial_correlation DOUBLE, partial_lower DOUBLE, partial_upper DOUBLE, images BIGINT, prompts BIGINT
-- important: scorer, covariate, score_correlation, human_correlation, partial_correlation, partial_lower, partial_upper, split
-- reads: confound_terms, exact_mean, partial_correlation, student_quantile, fisher_bound
-- source: Spearman 1904; Kim 2015, ppcor (partial); Efron 1982 (jackknife); Bonett, Wright 2000, 10.1007/BF02294183 (error)
-- query: score_confounds
-- question: Do scores follow brightness, size or the length of prompts, where people do not?
-- order: split, covariate, scorer
CREATE OR REPLACE MACRO score_confounds(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH terms AS (
        SELECT
            *,
            count(*) OVER (PARTITION BY scorer, split, covariate) AS groups,
            -- As decimals, so that the order of rows changes no bit.
            cast(
                sum(cast(score_covariate AS DECIMAL(38, 18))) OVER (PARTITION BY scorer, split, covariate) AS DOUBLE
            ) AS all_score_covariate,
            cast(
                sum(cast(score_people AS DECIMAL(38, 18))) OVER (PARTITION BY scorer, split, covariate) AS DOUBLE
            ) AS all_score_people,
            cast(
                sum(cast(people_covariate AS DECIMAL(38, 18))) OVER (PARTITION BY scorer, split, covariate) AS DOUBLE
            ) AS all_people_covariate,
            cast(
                sum(cast(score_score AS DECIMAL(38, 18))) OVER (PARTITION BY scorer, split, covariate) AS DOUBLE
            ) AS all_score_score,
            cast(
                sum(cast(covariate_covariate AS DECIMAL(38, 18))) OVER (PARTITION BY scorer, split, covariate) AS DOUBLE
            ) AS all_covariate_covariate,
            cast(
                sum(cast(people_people AS DECIMAL(38, 18))) OVER (PARTITION BY scorer, split, covariate) AS DOUBLE
            ) AS all_people_people
        FROM confound_terms(in_split, in_subset)
    ),

    -- Without a prompt, the ranks in the others are what they were.
    partials AS (
        SELECT
            *,
            partial_correlation(
                all_score_covariate, all_score_people, all_people_covariate,
                all_score_score, all_covariate_covariate, all_people_people
            ) AS partial_value,
            partial_correlation(
                all_score_covariate - score_covariate, all_score_people - score_people,
                all_people_covariate - people_covariate, all_score_score - score_score,
                all_covariate_covariate - covariate_covariate, all_people_people - people_people
            ) AS partial_without
        FROM terms
    ),

    correlations AS (
        SELECT
            scorer,
            split,
            covariate,
            unit,
            max(all_score_covariate / nullif(sqrt(all_score_score * all_covariate_covariate), 0)) AS score_correlation,
            max(all_people_covariate / nullif(sqrt(all_people_people * all_covariate_covariate), 0))
                AS human_correlation,
            max(partial_value) AS partial_value,
            CASE
                WHEN count(*) >= 5 AND count(partial_without) = count(*)
                    THEN sqrt(
                        exact_mean(
                            (groups - 1)
                            * (partial_without - partial_value)
                            * (groups - 1)
                            * (partial_without - partial_value)
                        )
                        / nullif(count(*) - 1, 0)
                    )
            END AS standard_error,
            count(*) AS groups,
            cast(sum(units) AS BIGINT) AS units,
            cast(sum(images) AS BIGINT) AS images
        FROM partials
        GROUP BY scorer, split, covariate, unit
    ),

    errors AS (
        SELECT
            *,
            CASE WHEN unit = 'image' THEN groups ELSE units END AS prompts,
            CASE
                WHEN 1 - partial_value * partial_value <= 1e-12 THEN NULL
                WHEN unit = 'image'
                    THEN
                        student_quantile(groups - 1) * standard_error
                        / nullif(1 - partial_value * partial_value, 0)
                WHEN units >= 5
                    THEN 1.959963984540054 * sqrt((1 + partial_value * partial_value / 2) / nullif(units - 4, 0))
            END AS half_width
        FROM correlations
    )

    SELECT
        scorer,
        split,
        covariate,
        score_correlation,
        human_correlation,
        partial_value AS partial_correlation,
        fisher_bound(partial_value, -half_width) AS partial_lower,
        fisher_bound(partial_value, half_width) AS partial_upper,
        images,
        prompts
    FROM errors

-- name: rating_stats
-- Statistics of each kind of rating, by split, or by split and classification.
-- n images have the rating, missing ones do not. std is the sample standard deviation (n - 1); q1, median and q3 interpolate
-- linearly between order statistics; mode is the smallest of the most frequent ratings; share_k is the share of n rated k. All is
-- computed from rating_counts in sums of whole numbers, so that every run and number of threads gives the same bits. The few counts
-- are joined with themselves, which takes half as long as window functions.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param by_classification: a row for each classification of a split; false leaves classification NULL
-- returns: split VARCHAR, classification VARCHAR, kind VARCHAR, n BIGINT, missing BIGINT, mean DOUBLE, std DOUBLE, q1 DOUBLE, median DOUBLE, q3 DOUBLE, mode TINYINT, share_1 DOUBLE, share_2 DOUBLE, share_3 DOUBLE, share_4 DOUBLE, share_5 DOUBLE, share_6 DOUBLE, share_7 DOUBLE
-- important: split, classification, kind, mean, std, median, n, missing, q1, q3, mode
-- start with: yes
-- reads: rating_counts, rating_kinds, rating_of_kind
-- source: Hyndman and Fan 1996, quantile definition 7
-- query: rating_stats
-- question: How are the ratings of each kind distributed?
-- order: split, classification NULLS LAST, kind
CREATE OR REPLACE MACRO rating_stats(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    by_classification BOOLEAN := FALSE
) AS TABLE
    WITH kind_rows AS (
        SELECT
            counts.split,
            counts.classification,
            rating_kinds.kind,
            cast(
                rating_of_kind(
                    rating_kinds.kind, counts.overall_rating, counts.image_text_alignment_rating, counts.fidelity_rating
                ) AS INTEGER
            ) AS rating,
            counts.images
        FROM rating_counts(in_split, in_subset, by_classification) AS counts
        CROSS JOIN rating_kinds
    ),

    rating_rows AS (
        SELECT
            split,
            classification,
            kind,
            rating,
            cast(sum(images) AS BIGINT) AS images,
            cast(sum(CASE WHEN rating IS NULL THEN 0 ELSE images END) AS BIGINT) AS rated
        FROM kind_rows
        GROUP BY split, classification, kind, rating
    ),

    cumulated AS (
        SELECT
            base.split,
            base.classification,
            base.kind,
            base.rating,
            base.images,
            base.rated,
            sum(group_row.rated) FILTER (WHERE group_row.rating <= base.rating) AS up_to,
            sum(group_row.rated) AS total
        FROM rating_rows AS base
        INNER JOIN rating_rows AS group_row
            ON
                base.split = group_row.split
                AND base.classification IS NOT DISTINCT FROM group_row.classification
                AND base.kind = group_row.kind
        GROUP BY base.split, base.classification, base.kind, base.rating, base.images, base.rated
    ),

    summed AS (
        SELECT
            split,
            classification,
            kind,
            cast(sum(rated) AS BIGINT) AS n,
            cast(sum(images - rated) AS BIGINT) AS missing,
            cast(sum(rated * rating) AS DOUBLE) AS total_rating,
            cast(sum(rated) * sum(rated * rating * rating) - sum(rated * rating) * sum(rated * rating) AS DOUBLE)
                AS scaled_variance,
            min(rating) FILTER (WHERE up_to > floor((total - 1) * 0.25)) AS q1_low,
            min(rating) FILTER (WHERE up_to > ceil((total - 1) * 0.25)) AS q1_high,
            min(rating) FILTER (WHERE up_to > floor((total - 1) * 0.5)) AS median_low,
            min(rating) FILTER (WHERE up_to > ceil((total - 1) * 0.5)) AS median_high,
            min(rating) FILTER (WHERE up_to > floor((total - 1) * 0.75)) AS q3_low,
            min(rating) FILTER (WHERE up_to > ceil((total - 1) * 0.75)) AS q3_high,
            arg_max(rating, rated * 256 - rating) FILTER (WHERE rating IS NOT NULL) AS mode,
            coalesce(max(rated) FILTER (WHERE rating = 1), 0) AS rated_1,
            coalesce(max(rated) FILTER (WHERE rating = 2), 0) AS rated_2,
            coalesce(max(rated) FILTER (WHERE rating = 3), 0) AS rated_3,
            coalesce(max(rated) FILTER (WHERE rating = 4), 0) AS rated_4,
            coalesce(max(rated) FILTER (WHERE rating = 5), 0) AS rated_5,
            coalesce(max(rated) FILTER (WHERE rating = 6), 0) AS rated_6,
            coalesce(max(rated) FILTER (WHERE rating = 7), 0) AS rated_7
        FROM cumulated
        GROUP BY split, classification, kind
    )

    SELECT
        split,
        classification,
        kind,
        n,
        missing,
        total_rating / nullif(n, 0) AS mean,
        sqrt(scaled_variance / nullif(cast(n AS DOUBLE) * (n - 1), 0)) AS std,
        q1_low + (q1_high - q1_low) * cast(mod(n - 1, 4) AS DOUBLE) / 4 AS q1,
        median_low + (median_high - median_low) * cast(mod(2 * (n - 1), 4) AS DOUBLE) / 4 AS median,
        q3_low + (q3_high - q3_low) * cast(mod(3 * (n - 1), 4) AS DOUBLE) / 4 AS q3,
        cast(mode AS TINYINT) AS mode,
        cast(rated_1 AS DOUBLE) / nullif(n, 0) AS share_1,
        cast(rated_2 AS DOUBLE) / nullif(n, 0) AS share_2,
        cast(rated_3 AS DOUBLE) / nullif(n, 0) AS share_3,
        cast(rated_4 AS DOUBLE) / nullif(n, 0) AS share_4,
        cast(rated_5 AS DOUBLE) / nullif(n, 0) AS share_5,
        cast(rated_6 AS DOUBLE) / nullif(n, 0) AS share_6,
        cast(rated_7 AS DOUBLE) / nullif(n, 0) AS share_7
    FROM summed

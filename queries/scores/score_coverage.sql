-- name: score_coverage
-- One row per scorer and split: how many images have a score, and how many given scores are unusable and why.
-- images = scored_images + missing_images. The other …_scores count given scores by their fault in score_matches; unknown ones
-- belong to no split and are counted in every row of the scorer.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, images BIGINT, scored_images BIGINT, missing_images BIGINT, unknown_scores BIGINT, null_scores BIGINT, nan_scores BIGINT, infinite_scores BIGINT, conflicting_scores BIGINT, repeated_scores BIGINT
-- important: scorer, split, images, scored_images, missing_images
-- reads: score_matches, image_scores, subset_images
-- query: score_coverage
-- question: How many images does each scorer have a usable score for?
-- order: split, scorer
CREATE OR REPLACE MACRO score_coverage(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH selected AS (
        SELECT
            split,
            row_index
        FROM subset_images(in_subset, in_split)
    ),

    split_sizes AS (
        SELECT
            split,
            count(*) AS images
        FROM selected
        GROUP BY split
    ),

    scorers AS (
        SELECT
            scorer,
            count(*) FILTER (WHERE fault = 'unknown') AS unknown_scores
        FROM score_matches
        GROUP BY scorer
    ),

    scored AS (
        SELECT
            scores.scorer,
            scores.split,
            count(*) AS scored_images
        FROM image_scores AS scores
        SEMI JOIN selected ON scores.row_index = selected.row_index
        GROUP BY scores.scorer, scores.split
    ),

    faulty AS (
        SELECT
            score_matches.scorer,
            selected.split,
            count(*) FILTER (WHERE score_matches.fault = 'null') AS null_scores,
            count(*) FILTER (WHERE score_matches.fault = 'nan') AS nan_scores,
            count(*) FILTER (WHERE score_matches.fault = 'infinite') AS infinite_scores,
            count(*) FILTER (WHERE score_matches.fault = 'conflicting') AS conflicting_scores,
            count(*) FILTER (WHERE score_matches.fault = 'repeated') AS repeated_scores
        FROM score_matches
        INNER JOIN selected ON score_matches.image_row = selected.row_index
        WHERE score_matches.fault IS NOT NULL
        GROUP BY score_matches.scorer, selected.split
    )

    SELECT
        scorers.scorer,
        split_sizes.split,
        split_sizes.images,
        coalesce(scored.scored_images, 0) AS scored_images,
        split_sizes.images - coalesce(scored.scored_images, 0) AS missing_images,
        scorers.unknown_scores,
        coalesce(faulty.null_scores, 0) AS null_scores,
        coalesce(faulty.nan_scores, 0) AS nan_scores,
        coalesce(faulty.infinite_scores, 0) AS infinite_scores,
        coalesce(faulty.conflicting_scores, 0) AS conflicting_scores,
        coalesce(faulty.repeated_scores, 0) AS repeated_scores
    FROM scorers
    CROSS JOIN split_sizes
    LEFT JOIN scored ON scorers.scorer = scored.scorer AND split_sizes.split = scored.split
    LEFT JOIN faulty ON scorers.scorer = faulty.scorer AND split_sizes.split = faulty.split

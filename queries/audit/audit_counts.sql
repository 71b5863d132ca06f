-- name: audit_counts
-- One row per check of the labels with its number of findings, which may be 0.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: check_name VARCHAR, findings BIGINT
-- reads: keyless_rows, mixed_prompts, wrong_amounts, wrong_ranks, wrong_ratings, repeated_images, shared_images, misplaced_images, broken_images, miscounted_pairs, unranked_images, crowded_ranks, rating_conflicts, shared_prompts, lookalike_prompts, unknown_classes, odd_paths, skipped_ranks, repeated_prompts, predictive_places, contradictory_votes, swapped_pairs
CREATE OR REPLACE MACRO audit_counts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        'keyless_rows' AS check_name,
        count(*) AS findings
    FROM keyless_rows(in_split, in_subset)
    UNION ALL
    SELECT
        'mixed_prompts' AS check_name,
        count(*) AS findings
    FROM mixed_prompts(in_split, in_subset)
    UNION ALL
    SELECT
        'wrong_amounts' AS check_name,
        count(*) AS findings
    FROM wrong_amounts(in_split, in_subset)
    UNION ALL
    SELECT
        'wrong_ranks' AS check_name,
        count(*) AS findings
    FROM wrong_ranks(in_split, in_subset)
    UNION ALL
    SELECT
        'wrong_ratings' AS check_name,
        count(*) AS findings
    FROM wrong_ratings(in_split, in_subset)
    UNION ALL
    SELECT
        'repeated_images' AS check_name,
        count(*) AS findings
    FROM repeated_images(in_split, in_subset)
    UNION ALL
    SELECT
        'shared_images' AS check_name,
        count(*) AS findings
    FROM shared_images(in_split, in_subset)
    UNION ALL
    SELECT
        'misplaced_images' AS check_name,
        count(*) AS findings
    FROM misplaced_images(in_split, in_subset)
    UNION ALL
    SELECT
        'broken_images' AS check_name,
        count(*) AS findings
    FROM broken_images(in_split, in_subset)
    UNION ALL
    SELECT
        'miscounted_pairs' AS check_name,
        count(*) AS findings
    FROM miscounted_pairs(in_split, in_subset)
    UNION ALL
    SELECT
        'unranked_images' AS check_name,
        count(*) AS findings
    FROM unranked_images(in_split, in_subset)
    UNION ALL
    SELECT
        'crowded_ranks' AS check_name,
        count(*) AS findings
    FROM crowded_ranks(in_split, in_subset)
    UNION ALL
    SELECT
        'rating_conflicts' AS check_name,
        count(*) AS findings
    FROM rating_conflicts(in_split, in_subset)
    UNION ALL
    SELECT
        'shared_prompts' AS check_name,
        count(*) AS findings
    FROM shared_prompts(in_split, in_subset)
    UNION ALL
    SELECT
        'lookalike_prompts' AS check_name,
        count(*) AS findings
    FROM lookalike_prompts(in_split, in_subset)
    UNION ALL
    SELECT
        'unknown_classes' AS check_name,
        count(*) AS findings
    FROM unknown_classes(in_split, in_subset)
    UNION ALL
    SELECT
        'odd_paths' AS check_name,
        count(*) AS findings
    FROM odd_paths(in_split, in_subset)
    UNION ALL
    SELECT
        'skipped_ranks' AS check_name,
        count(*) AS findings
    FROM skipped_ranks(in_split, in_subset)
    UNION ALL
    SELECT
        'repeated_prompts' AS check_name,
        count(*) AS findings
    FROM repeated_prompts(in_split, in_subset)
    UNION ALL
    SELECT
        'predictive_places' AS check_name,
        count(*) AS findings
    FROM predictive_places(in_split, in_subset)
    UNION ALL
    SELECT
        'contradictory_votes' AS check_name,
        count(*) AS findings
    FROM contradictory_votes(in_split, in_subset)
    UNION ALL
    SELECT
        'swapped_pairs' AS check_name,
        count(*) AS findings
    FROM swapped_pairs(in_split, in_subset)

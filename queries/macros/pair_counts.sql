-- name: pair_counts
-- Numbers of prompts, images and all, strict and tied pairs by split, or by split and classification.
-- Nothing is expanded: a prompt's pairs follow from its numbers of images at each rank. Prompts without a pair count
-- as prompts; images without a rank count as images and make no pair.
-- param in_split: train, validation or test; NULL takes every split
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param by_classification: a row for each classification of a split; false leaves classification NULL
-- returns: split, classification, prompts, images, ranked_images, pairs, strict_pairs, tied_pairs
-- reads: prompt_counts
CREATE OR REPLACE MACRO pair_counts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    by_classification BOOLEAN := FALSE
) AS TABLE
    WITH prompt_rows AS (
        SELECT
            split,
            CASE WHEN by_classification THEN classification END AS group_classification,
            images,
            ranked_images,
            pairs,
            tied_pairs
        FROM prompt_counts(in_split, in_subset)
    )

    SELECT
        split,
        group_classification AS classification,
        count(*) AS prompts,
        cast(sum(images) AS BIGINT) AS images,
        cast(sum(ranked_images) AS BIGINT) AS ranked_images,
        cast(sum(pairs) AS BIGINT) AS pairs,
        cast(sum(pairs) - sum(tied_pairs) AS BIGINT) AS strict_pairs,
        cast(sum(tied_pairs) AS BIGINT) AS tied_pairs
    FROM prompt_rows
    GROUP BY split, group_classification

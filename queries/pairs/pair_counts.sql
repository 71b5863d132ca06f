-- name: pair_counts
-- Numbers of prompts, images, and all, strict and tied pairs by split, or by split and classification.
-- No pair is expanded: the pairs of a prompt follow from its numbers of images at each rank. Prompts without a pair count as
-- prompts; images without a rank count as images and are in no pair. The published ranks, 1 to 5, are counted in columns, which is
-- three times as fast as in rows; other ranks are rare.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param by_classification: a row for each classification of a split; false leaves classification NULL
-- returns: split VARCHAR, classification VARCHAR, prompts BIGINT, images BIGINT, ranked_images BIGINT, pairs BIGINT, strict_pairs BIGINT, tied_pairs BIGINT
-- important: split, classification, prompts, images, strict_pairs, tied_pairs, pairs
-- start with: yes
-- reads: subset_images, rank_counts, pair_count
-- query: pair_counts
-- question: How many prompts, images and pairs are there, with and without ties?
-- order: split, classification NULLS LAST
CREATE OR REPLACE MACRO pair_counts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    by_classification BOOLEAN := FALSE
) AS TABLE
    WITH other_ranks AS (
        SELECT
            split,
            prompt_id,
            sum(pair_count(images)) AS tied_pairs
        FROM rank_counts(in_split, in_subset)
        WHERE rank < 1 OR rank > 5
        GROUP BY split, prompt_id
    ),

    counted AS (
        SELECT
            split,
            prompt_id,
            min(classification) AS classification,
            count(*) AS images,
            count(rank) AS ranked_images,
            pair_count(count(rank) FILTER (WHERE rank = 1))
            + pair_count(count(rank) FILTER (WHERE rank = 2))
            + pair_count(count(rank) FILTER (WHERE rank = 3))
            + pair_count(count(rank) FILTER (WHERE rank = 4))
            + pair_count(count(rank) FILTER (WHERE rank = 5)) AS tied_pairs
        FROM subset_images(in_subset, in_split)
        GROUP BY split, prompt_id
    ),

    prompt_rows AS (
        SELECT
            counted.split,
            CASE WHEN by_classification THEN counted.classification END AS group_classification,
            counted.images,
            counted.ranked_images,
            pair_count(counted.ranked_images) AS pairs,
            counted.tied_pairs,
            other_ranks.tied_pairs AS other_tied_pairs
        FROM counted
        LEFT JOIN other_ranks
            ON counted.split = other_ranks.split AND counted.prompt_id = other_ranks.prompt_id
    )

    SELECT
        split,
        group_classification AS classification,
        count(*) AS prompts,
        cast(sum(images) AS BIGINT) AS images,
        cast(sum(ranked_images) AS BIGINT) AS ranked_images,
        cast(sum(pairs) AS BIGINT) AS pairs,
        cast(sum(pairs) - sum(tied_pairs) - coalesce(sum(other_tied_pairs), 0) AS BIGINT) AS strict_pairs,
        cast(sum(tied_pairs) + coalesce(sum(other_tied_pairs), 0) AS BIGINT) AS tied_pairs
    FROM prompt_rows
    GROUP BY split, group_classification

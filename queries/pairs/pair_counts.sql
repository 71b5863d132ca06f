-- name: pair_counts
-- Numbers of prompts, images, and all, strict and tied pairs by split, or by split and classification.
-- No pair is expanded: the pairs of a prompt follow from its numbers of images at each rank. Prompts without a pair count as
-- prompts; images without a rank count as images, and are in the pairs that people
-- voted on. The published ranks, 1 to 5, are counted in columns, which is
-- three times as fast as in rows; other ranks are rare.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param by_classification: a row for each classification of a split; false leaves classification NULL
-- returns: split VARCHAR, classification VARCHAR, prompts BIGINT, images BIGINT, ranked_images BIGINT, pairs BIGINT, strict_pairs BIGINT, tied_pairs BIGINT
-- important: split, classification, prompts, images, strict_pairs, tied_pairs, pairs
-- start with: yes
-- reads: subset_images, pair_count, subset_voted_pairs
-- query: pair_counts
-- question: How many prompts, images and pairs are there, with and without ties?
-- order: split, classification NULLS LAST
CREATE OR REPLACE MACRO pair_counts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    by_classification BOOLEAN := FALSE
) AS TABLE
    WITH counted AS (
        SELECT
            split,
            prompt_id,
            CASE WHEN rank < 1 OR rank > 5 THEN rank END AS other_rank,
            min(classification) AS classification,
            count(*) AS images,
            count(rank) AS ranked_images,
            count(*) FILTER (WHERE rank = 1) AS rank_1,
            count(*) FILTER (WHERE rank = 2) AS rank_2,
            count(*) FILTER (WHERE rank = 3) AS rank_3,
            count(*) FILTER (WHERE rank = 4) AS rank_4,
            count(*) FILTER (WHERE rank = 5) AS rank_5
        FROM subset_images(in_subset, in_split)
        GROUP BY split, prompt_id, other_rank
    ),

    prompt_rows AS (
        SELECT
            split,
            min(classification) AS classification,
            sum(images) AS images,
            sum(ranked_images) AS ranked_images,
            pair_count(cast(sum(ranked_images) AS BIGINT)) AS pairs,
            sum(
                CASE
                    WHEN other_rank IS NULL
                        THEN
                            rank_1 * (rank_1 - 1) + rank_2 * (rank_2 - 1) + rank_3 * (rank_3 - 1)
                            + rank_4 * (rank_4 - 1) + rank_5 * (rank_5 - 1)
                    ELSE images * (images - 1)
                END
            ) // 2 AS tied_pairs
        FROM counted
        GROUP BY split, prompt_id
    ),

    grouped AS (
        SELECT
            split,
            CASE WHEN by_classification THEN classification END AS group_classification,
            1 AS prompts,
            images,
            ranked_images,
            pairs,
            tied_pairs
        FROM prompt_rows
        UNION ALL
        SELECT
            split,
            CASE WHEN by_classification THEN classification END AS group_classification,
            0 AS prompts,
            0 AS images,
            0 AS ranked_images,
            1 AS pairs,
            CASE WHEN is_tied THEN 1 ELSE 0 END AS tied_pairs
        FROM subset_voted_pairs(in_subset, in_split)
    )

    SELECT
        split,
        group_classification AS classification,
        cast(sum(prompts) AS BIGINT) AS prompts,
        cast(sum(images) AS BIGINT) AS images,
        cast(sum(ranked_images) AS BIGINT) AS ranked_images,
        cast(sum(pairs) AS BIGINT) AS pairs,
        cast(sum(pairs) - sum(tied_pairs) AS BIGINT) AS strict_pairs,
        cast(sum(tied_pairs) AS BIGINT) AS tied_pairs
    FROM grouped
    GROUP BY split, group_classification

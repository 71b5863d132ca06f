-- name: prompt_counts
-- One row per prompt with its numbers of images, pairs and ranks.
-- All are counted from its images at each rank. Pairs are those of ranked images, and those that people voted on; best_images share the best (lowest) rank of the
-- prompt, worst_images the worst; ranks is the number of distinct ranks, first_row the row_index of its first image.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, part SMALLINT, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, images BIGINT, ranked_images BIGINT, pairs BIGINT, strict_pairs BIGINT, tied_pairs BIGINT, ranks BIGINT, best_rank TINYINT, worst_rank TINYINT, best_images BIGINT, worst_images BIGINT, first_row BIGINT
-- important: prompt, images, strict_pairs, tied_pairs, split, classification, best_rank, worst_rank
-- reads: rank_counts, pair_count, subset_voted_pairs
-- query: prompts
-- question: Which prompts are there, and how many images and pairs does each have?
-- order: first_row
CREATE OR REPLACE MACRO prompt_counts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH counted AS (
        SELECT
            split,
            prompt_id,
            min(part) AS part,
            min(prompt) AS prompt,
            min(classification) AS classification,
            cast(sum(images) AS BIGINT) AS images,
            cast(coalesce(sum(images) FILTER (WHERE rank IS NOT NULL), 0) AS BIGINT) AS ranked_images,
            cast(coalesce(sum(pair_count(images)) FILTER (WHERE rank IS NOT NULL), 0) AS BIGINT) AS tied_pairs,
            count(rank) AS ranks,
            min(rank) AS best_rank,
            max(rank) AS worst_rank,
            arg_min(images, rank) AS best_images,
            arg_max(images, rank) AS worst_images,
            min(first_row) AS first_row
        FROM rank_counts(in_split, in_subset)
        GROUP BY split, prompt_id
    ),

    voted AS (
        SELECT
            split,
            prompt_id,
            count(*) AS pairs,
            count(*) FILTER (WHERE is_tied) AS tied_pairs
        FROM subset_voted_pairs(in_subset, in_split)
        GROUP BY split, prompt_id
    )

    SELECT
        counted.split,
        counted.part,
        counted.prompt_id,
        counted.prompt,
        counted.classification,
        counted.images,
        counted.ranked_images,
        pair_count(counted.ranked_images) + coalesce(voted.pairs, 0) AS pairs,
        pair_count(counted.ranked_images) - counted.tied_pairs
        + coalesce(voted.pairs - voted.tied_pairs, 0) AS strict_pairs,
        counted.tied_pairs + coalesce(voted.tied_pairs, 0) AS tied_pairs,
        counted.ranks,
        counted.best_rank,
        counted.worst_rank,
        counted.best_images,
        counted.worst_images,
        counted.first_row
    FROM counted
    LEFT JOIN voted ON counted.split = voted.split AND counted.prompt_id = voted.prompt_id

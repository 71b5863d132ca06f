-- name: skipped_ranks
-- One row per prompt that skips a rank, or has no image at rank 1.
-- ranks is the number of distinct ranks of its images, skipped_ranks the number of ranks missing between 1 and the worst.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, prompt VARCHAR, images BIGINT, ranks BIGINT, best_rank TINYINT, worst_rank TINYINT, skipped_ranks BIGINT, first_row BIGINT
-- important: prompt, ranks, skipped_ranks, split, images
-- reads: prompt_counts
CREATE OR REPLACE MACRO skipped_ranks(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    SELECT
        split,
        prompt_id,
        prompt,
        images,
        ranks,
        best_rank,
        worst_rank,
        greatest(cast(worst_rank AS INTEGER), 1) - least(best_rank, 1) + 1 - ranks AS skipped_ranks,
        first_row
    FROM prompt_counts(in_split, in_subset)
    WHERE worst_rank IS NOT NULL AND greatest(cast(worst_rank AS INTEGER), 1) - least(best_rank, 1) + 1 > ranks

-- name: skipped_ranks
-- Which prompts skip a rank, or have no image at rank 1?
-- ranks is the number of ranks that were given, skipped_ranks the number of those missing between 1 and the worst.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, prompt, images, ranks, best_rank, worst_rank, skipped_ranks
-- reads: prompt_counts
SELECT
    split,
    prompt_id,
    prompt,
    images,
    ranks,
    best_rank,
    worst_rank,
    cast(worst_rank AS INTEGER) - least(best_rank, 1) + 1 - ranks AS skipped_ranks
FROM prompt_counts($split::VARCHAR, $subset::VARCHAR)
WHERE cast(worst_rank AS INTEGER) - least(best_rank, 1) + 1 > ranks
ORDER BY first_row

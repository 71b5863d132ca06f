-- name: skipped_ranks
-- Which prompts skip a rank, or have no image at rank 1?
-- ranks is the number of distinct ranks of its images, skipped_ranks the number of ranks missing between 1 (or the best rank, if lower) and the worst.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, prompt, images, ranks, best_rank, worst_rank, skipped_ranks
-- important: prompt, ranks, skipped_ranks, split, images
-- reads: skipped_ranks
SELECT
    split,
    prompt_id,
    prompt,
    images,
    ranks,
    best_rank,
    worst_rank,
    skipped_ranks
FROM skipped_ranks($split::VARCHAR, $subset::VARCHAR)
ORDER BY first_row

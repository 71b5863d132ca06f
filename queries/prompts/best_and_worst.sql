-- name: best_and_worst
-- Which images of each prompt are ranked best, and which worst?
-- All images that share the best rank of the prompt, or the worst, are listed; a prompt whose images all tie has no row.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, prompt, place, image_path, rank, overall_rating
-- important: prompt, place, image_path, rank, overall_rating
-- reads: prompt_counts, subset_images
SELECT
    images.split,
    images.prompt_id,
    images.prompt,
    CASE WHEN images.rank = prompts.best_rank THEN 'best' ELSE 'worst' END AS place,
    images.image_path,
    images.rank,
    images.overall_rating
FROM subset_images($subset::VARCHAR, $split::VARCHAR) AS images
INNER JOIN prompt_counts($split::VARCHAR, $subset::VARCHAR) AS prompts
    ON images.split = prompts.split AND images.prompt_id = prompts.prompt_id
WHERE
    prompts.best_rank < prompts.worst_rank
    AND (images.rank = prompts.best_rank OR images.rank = prompts.worst_rank)
ORDER BY prompts.first_row, place, images.row_index

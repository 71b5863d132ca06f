-- name: prompt_scores
-- In which order does each scorer put the images of one prompt?
-- place is 1 for the image with the highest score; images with the same score share a place, and the next one is counted on.
-- param split: the split of the prompt; every split that has the prompt unless given
-- param prompt_id: the prompt; every prompt unless given
-- returns: scorer, split, prompt_id, image_path, rank, score, place, row_index
-- important: scorer, place, rank, score, image_path
-- reads: scores
SELECT
    scorer,
    split,
    prompt_id,
    image_path,
    rank,
    score,
    rank() OVER (PARTITION BY scorer, split, prompt_id ORDER BY score DESC) AS place,
    row_index
FROM scores
WHERE
    ($prompt_id::VARCHAR IS NULL OR prompt_id = $prompt_id::VARCHAR)
    AND ($split::VARCHAR IS NULL OR split = $split::VARCHAR)
ORDER BY scorer ASC, split ASC, prompt_id ASC, place ASC, row_index ASC

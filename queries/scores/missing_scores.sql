-- name: missing_scores
-- Which ranked images lack a usable score of a scorer that has others?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param with_baselines: include baselines, which lack scores where the data lacks values; on unless given
-- param limit: largest number of rows; 20 unless given
-- returns: scorer, split, prompt_id, image_path, rank, row_index
-- reads: score_rows, scores, subset_images, whole_number
WITH scorers AS (
    SELECT DISTINCT scorer
    FROM score_rows
    WHERE source <> 'baselines' OR coalesce($with_baselines::BOOLEAN, TRUE)
)

SELECT
    scorers.scorer,
    images.split,
    images.prompt_id,
    images.image_path,
    images.rank,
    images.row_index
FROM subset_images($subset::VARCHAR, $split::VARCHAR) AS images
CROSS JOIN scorers
ANTI JOIN scores ON scorers.scorer = scores.scorer AND images.row_index = scores.row_index
WHERE images.rank IS NOT NULL
ORDER BY images.row_index, scorers.scorer
LIMIT coalesce(whole_number($limit), 20)

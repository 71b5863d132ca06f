-- name: missing_scores
-- Which ranked or voted images lack a usable score of a scorer that has others?
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param with_baselines: include baselines, which lack scores where the data lacks values; on unless given
-- param limit: largest number of rows; 20 unless given
-- returns: scorer, split, prompt_id, image_path, rank, row_index
-- reads: score_rows, image_scores, subset_images, voted_pairs, whole_number
WITH scorers AS (
    SELECT DISTINCT scorer
    FROM score_rows
    WHERE source <> 'baselines' OR coalesce($with_baselines::BOOLEAN, TRUE)
),

score_counts AS (
    SELECT
        scores.row_index,
        count(*) AS scorers
    FROM image_scores AS scores
    SEMI JOIN scorers ON scores.scorer = scorers.scorer
    GROUP BY scores.row_index
),

-- The first images that lack a score of any scorer are enough: scorers × all images may be more than memory holds.
incomplete_images AS (
    SELECT
        images.split,
        images.prompt_id,
        images.image_path,
        images.rank,
        images.row_index
    FROM subset_images($subset::VARCHAR, $split::VARCHAR) AS images
    LEFT JOIN score_counts ON images.row_index = score_counts.row_index
    WHERE
        (
            images.rank IS NOT NULL
            OR images.row_index IN (
                SELECT better_row FROM voted_pairs
                UNION ALL
                SELECT worse_row FROM voted_pairs
            )
        )
        AND coalesce(score_counts.scorers, 0) < (SELECT count(*) FROM scorers)
    ORDER BY images.row_index
    LIMIT coalesce(whole_number($limit), 20)
)

SELECT
    scorers.scorer,
    images.split,
    images.prompt_id,
    images.image_path,
    images.rank,
    images.row_index
FROM incomplete_images AS images
CROSS JOIN scorers
ANTI JOIN image_scores AS scores ON scorers.scorer = scores.scorer AND images.row_index = scores.row_index
ORDER BY images.row_index, scorers.scorer
LIMIT coalesce(whole_number($limit), 20)

-- name: score_faults
-- Which of the given scores are unusable, and why?
-- Listed are scores of images of the split and subset, and those of unknown images. source and source_row say where a score was
-- read; all_faults is the number of faults without the limit.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param limit: largest number of rows; 20 unless given
-- returns: fault, scorer, image, score, source, source_row, image_path, score_number, all_faults
-- reads: score_matches, score_rows, images, subset_images, whole_number
SELECT
    matches.fault,
    matches.scorer,
    score_rows.image,
    matches.score,
    score_rows.source,
    score_rows.source_row,
    images.image_path,
    matches.score_number,
    count(*) OVER () AS all_faults
FROM score_matches AS matches
INNER JOIN score_rows ON matches.score_number = score_rows.score_number AND matches.scorer = score_rows.scorer
LEFT JOIN images ON matches.image_row = images.row_index
WHERE
    matches.fault IS NOT NULL
    AND (
        matches.image_row IS NULL
        OR matches.image_row IN (
            SELECT selected.row_index FROM subset_images($subset::VARCHAR, $split::VARCHAR) AS selected
        )
    )
ORDER BY matches.score_number, matches.scorer
LIMIT coalesce(whole_number($limit), 20)
